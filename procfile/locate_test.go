package procfile

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// mustParse parses a Devgatefile that has no errors.
func mustParse(t *testing.T, text string) *File {
	t.Helper()
	f, err := Parse("Devgatefile", []byte(text))
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return f
}

// TestPositions: a position stands where the value was written, in every shape
// that TOML has. The caret marks the value of the key that is asked for.
func TestPositions(t *testing.T) {
	const rest = "\n[other]\ncommand = 'x'\n"
	for name, c := range map[string]struct{ key, text string }{
		"in a table":                    {"port", "[web]\ncommand = 'x'\nport = ^4001"},
		"dotted at the top":             {"port", "web.command = 'x'\nweb.port = ^4001"},
		"in an inline table":            {"port", "web = { command = 'x', port = ^4001 }"},
		"in an inline table over lines": {"port", "web = {\n  command = 'x', # port = 1\n  port = ^4001,\n}"},
		"behind a quoted key":           {"port", "[\"web\"]\n'command' = 'x'\n\"p\\u006frt\" = ^4001"},
		"behind a text over lines":      {"port", "[web]\ncommand = \"\"\"\nport = 1\n[web]\n\\\"\"\"\"\nport = ^4001"},
		"behind a raw text over lines":  {"port", "[web]\ncommand = '''\nport = 1\n'x''''\nport = ^4001"},
		"behind an array over lines":    {"port", "[web]\ncommand = [ # ]\n  'x',\n  'port = 1', \"]\"\n]\nport = ^4001"},
		"behind escaped quotes":         {"port", "web = { command = \"say \\\"}\\\" \\\\\", port = ^4001 }"},
		"behind comments":               {"port", "# port = 1\n[web] # [x]\ncommand = 'x' # port = 2\n\n  port = ^4001 # port"},
		"with line ends of Windows":     {"port", "[web]\r\ncommand = 'x'\r\nport = ^4001\r"},
		"with tabs":                     {"port", "[web]\ncommand = 'x'\n\tport\t=\t^4001"},
		"behind wide runes":             {"port", "web = { command = '日本 ü 🙂', port = ^4001 }"},
		"behind a byte order mark":      {"port", "\ufeffweb = { port = ^4001, command = 'x' }"},
		"of a table of its own":         {"ready", "[web]\ncommand = 'x'\n^[web.ready]\nhttp = '/'\n[web.ready.x]"},
		"of a key in that table":        {"ready.log", "[web]\ncommand = 'x'\n[web.ready]\nlog = ^'/'"},
		"of a variable":                 {"env.A", "[web]\ncommand = 'x'\nenv.B = '1'\nenv.A = ^'2'"},
		"of an item":                    {"watch.1", "[web]\ncommand = 'x'\nwatch = ['a',\n  ^'b']"},
		"of a default":                  {"grace", "[defaults]\ngrace = ^'1s'\n[web]\ncommand = 'x'"},
		"of an own value over it":       {"grace", "[defaults]\ngrace = '1s'\n[web]\ncommand = 'x'\ngrace = ^'2s'"},
		"of what was not written":       {"port", "# x\n^[web]\ncommand = 'x'"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(c.text, "\n[web.ready.x]", "", 1)
			at := strings.Index(text, "^")
			text = strings.Replace(text, "^", "", 1) + rest
			if c.key == "port" {
				text = strings.Replace(text, "http = '/'", "", 1)
			} else if strings.Contains(text, "http = ") {
				text = strings.Replace(text, "command = 'x'", "command = 'x'\nport = 8", 1)
				at += len("\nport = 8")
			}
			before := strings.TrimPrefix(text[:at], "\ufeff")
			line := strings.Count(before, "\n")
			column := len([]rune(before[strings.LastIndex(before, "\n")+1:]))
			if got, want := mustParse(t, text).Service("web").Position(c.key), (Position{line + 1, column + 1}); got != want {
				t.Errorf("%s is at %v, want %v", c.key, got, want)
			}
		})
	}
}

// TestFilePositions: the same for keys at the top.
func TestFilePositions(t *testing.T) {
	f := mustParse(t, "hold = '2s'\nenv.A = '1'\nhosts = [\n  'a.test',\n]\n[web]\ncommand = 'x'\n[env]\nB = '2'\n")
	for key, want := range map[string]Position{
		"hold": {1, 8}, "env.A": {2, 9}, "hosts": {3, 9}, "env.B": {9, 5}, "port": {}, "env.C": {},
	} {
		if got := f.Pos(key); got != want || f.Has(key) == want.IsZero() {
			t.Errorf("%s is at %v (%v), want %v", key, got, f.Has(key), want)
		}
	}
}

// TestCascadeOrder: the order of the services is that of the file, however their
// tables are split, unless `order` says otherwise.
func TestCascadeOrder(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"tables":                     {"[b]\ncommand='x'\n[a]\ncommand='x'\n", "b a"},
		"a table of its table first": {"[b.env]\nA='1'\n[a]\ncommand='x'\n[b]\ncommand='x'\n", "b a"},
		"dotted, inline, header":     {"c.command='x'\na={command='x'}\n[b]\ncommand='x'\n", "c a b"},
		"order names all":            {"order=['a','b']\n[b]\ncommand='x'\n[a]\ncommand='x'\n", "a b"},
		"order names some":           {"order='c'\n[a]\ncommand='x'\n[b]\ncommand='x'\n[c]\ncommand='x'\n", "c a b"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range mustParse(t, c.text).Services {
				got = append(got, s.Name)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("order %v, want %s", got, c.want)
			}
		})
	}
}

// TestShapesAreOne: the same content in different shapes gives the same service.
func TestShapesAreOne(t *testing.T) {
	want := mustParse(t, "[a]\ncommand='x'\nport=8\nenv={A='1'}\nready='/x'\n").Services[0]
	for _, text := range []string{
		"a.command='x'\na.port=8\na.env.A='1'\na.ready.http='/x'\n",
		"a={command='x',port=8,env.A='1',ready={http='/x'}}\n",
		"['a']\n\"command\"=\"x\"\nport=0x8\n[a.env]\nA='1'\n[a.ready]\nhttp='/x'\n",
		"[defaults]\nport=8\nenv={A='1'}\n[a]\ncommand='x'\nready='/x'\n",
		"\ufeff[a]\r\ncommand='x'\r\nport=8\r\nenv={A='1'}\r\nready='/x'\r\n",
	} {
		got := mustParse(t, text).Services[0]
		if got.Command.Shell != want.Command.Shell || got.Port != want.Port || got.Env["A"] != "1" || got.Ready.Path != "/x" || got.Ready.Kind != want.Ready.Kind {
			t.Errorf("%s gives %+v", text, got)
		}
	}
}

// TestErrorsOfTheLibrary: F1 also for what only the library finds, and beside the
// errors that the scanner and the validation find.
func TestErrorsOfTheLibrary(t *testing.T) {
	_, err := Parse("f", []byte("[a]\ncommand = \"\\d\"\nport = 0123\nprot = 1\n[b]\ncommand = 1__0\nx y\n"))
	var list ErrorList
	if !errors.As(err, &list) {
		t.Fatal(err)
	}
	var lines []int
	for _, e := range list {
		lines = append(lines, e.Pos.Line)
	}
	if !slices.Equal(lines, []int{2, 3, 4, 6, 7}) {
		t.Errorf("errors in lines %v, want one in each of 2, 3, 4, 6, 7:\n%v", lines, err)
	}
}
