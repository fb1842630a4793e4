package procfile

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// FuzzParse keeps F3: any bytes give a file or errors that can be shown, and a file
// that comes back keeps what the package promises about it.
func FuzzParse(f *testing.F) {
	archives, _ := filepath.Glob(goldenDir + "/*.txtar")
	for _, path := range archives {
		for _, file := range readArchive(f, path).files {
			if file.name != "want" {
				f.Add(file.name, []byte(file.data))
			}
		}
	}
	f.Add("Devgatefile", []byte("\xef\xbb\xbf[web]\r\ncommand = \"a\"\r\n"))
	f.Add("Devgatefile", []byte("a = "+strings.Repeat("[", 101)))
	f.Add("Procfile", []byte("web: a\x00b"))
	f.Add("a\x1bb", []byte("x y"))
	f.Fuzz(func(t *testing.T, name string, src []byte) {
		file, err := Parse(name, src)
		if err != nil {
			checkErrors(t, name, src, file, err)
			return
		}
		checkFile(t, file)
	})
}

// checkErrors: every error has words and a place inside the file, in order.
func checkErrors(t *testing.T, name string, src []byte, file *File, err error) {
	t.Helper()
	var list ErrorList
	if file != nil || !errors.As(err, &list) || len(list) == 0 {
		t.Fatalf("want an ErrorList alone, got %v and %#v", file, err)
	}
	text := err.Error()
	var widths []int // of the lines, in runes
	for line := range strings.SplitSeq(strings.TrimPrefix(string(src), "\ufeff"), "\n") {
		widths = append(widths, utf8.RuneCountInString(line))
	}
	for i, e := range list {
		if e.Msg == "" || e.File != name || i < 3 && !strings.Contains(text, clean(e.Msg)) {
			t.Errorf("error without words or file: %#v", e)
		}
		if len(src) > MaxSize {
			continue
		}
		if e.Pos.Line < 1 || e.Pos.Line > len(widths) || e.Pos.Column < 1 ||
			e.Pos.Column > widths[e.Pos.Line-1]+1 {
			t.Errorf("%v is outside of the file", e.Pos)
		}
		if e.Caret < 0 || e.Caret > utf8.RuneCountInString(e.Line) || strings.Contains(e.Line, "\n") {
			t.Errorf("caret %d is outside of %q", e.Caret, e.Line)
		}
		if i > 0 && e.Pos.before(list[i-1].Pos) {
			t.Errorf("%v comes after %v", e.Pos, list[i-1].Pos)
		}
		if strings.Contains(e.Msg, "cannot be told apart") || strings.Contains(e.Msg, "is not TOML") {
			t.Errorf("scanner and library disagree: %v", e)
		}
	}
	if strings.ContainsRune(text, 0x1b) {
		t.Error("an escape reaches the terminal")
	}
}

// checkFile: a file without errors is complete.
func checkFile(t *testing.T, f *File) {
	t.Helper()
	if len(f.Services) == 0 || f.Port.IsZero() || f.Port.Number > 65535 || f.Hold < 0 || f.ReplayLimit < 0 || f.Host == "" {
		t.Errorf("not a complete file: %+v", f)
	}
	ports := map[int]bool{}
	names := map[string]bool{}
	for _, s := range f.Services {
		if names[strings.ToLower(s.Name)] || !nameForm().MatchString(s.Name) || f.Service(s.Name) != s {
			t.Errorf("bad name %q", s.Name)
		}
		names[strings.ToLower(s.Name)] = true
		if n := s.Port.Number; n != 0 && !s.PortGuessed {
			if refused, _ := CheckBrowsers(n); ports[n] || n < 1 || n > 65535 || refused != "" || f.Format == Devgatefile && n == f.Port.Number {
				t.Errorf("bad port %d", n)
			}
			ports[n] = true
		}
		checkService(t, f, s)
	}
}

func checkService(t *testing.T, f *File, s *Service) {
	t.Helper()
	if s.Command.IsZero() == (s.URL == nil) || (s.URL != nil) != (s.Kind() == Remote) {
		t.Errorf("%s: want a command or a url", s.Name)
	}
	if s.Pos.IsZero() || s.Position("port").IsZero() || s.Position("nothing") != s.Pos {
		t.Errorf("%s: no position", s.Name)
	}
	for _, name := range s.After {
		if f.Service(name) == nil || name == s.Name {
			t.Errorf("%s after %q", s.Name, name)
		}
	}
	if s.InCascade() && s.Ready.Kind == ReadyNone || s.Ready.Timeout <= 0 || s.Ready.Interval <= 0 || s.Grace < 0 || s.StopSignal.Number == 0 {
		t.Errorf("%s: no defaults: %+v", s.Name, s)
	}
	if (s.Ready.Kind == ReadyLog) != (s.Ready.Log != nil) || (s.Ready.Kind == ReadyExec) == s.Ready.Exec.IsZero() {
		t.Errorf("%s: ready is not complete: %+v", s.Name, s.Ready)
	}
	for _, status := range s.Fallthrough {
		if status < 200 || status > 599 {
			t.Errorf("%s falls through on %d", s.Name, status)
		}
	}
}

// FuzzScan compares the scanner with the library: what the library accepts, the
// scanner understands, and both see the same keys in the same order.
func FuzzScan(f *testing.F) {
	for _, text := range scanSeeds() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		src := newSource("f", text)
		text = src.text
		if len(text) > 4096 || refused(src, []byte(text)) != nil {
			return
		}
		var values map[string]any
		meta, err := toml.Decode(text, &values)
		if err != nil {
			return
		}
		doc := scan(src, language())
		for _, p := range doc.problems {
			if !strings.Contains(p.msg, "list of tables") && !strings.Contains(p.msg, "deeper than") && !strings.Contains(p.msg, "longer than") {
				t.Fatalf("the library accepts, the scanner does not: %s at %v", p.msg, src.position(p.at.start))
			}
		}
		if len(doc.problems) > 0 {
			return
		}
		if !doc.root.attachTable(values) {
			t.Fatal("the keys differ")
		}
		sameOrder(t, doc.root, meta.Keys())
	})
}

// sameOrder: the cascade is the order in which the top-level keys first appear.
func sameOrder(t *testing.T, root *node, keys []toml.Key) {
	t.Helper()
	var want []string
	seen := map[string]bool{}
	for _, k := range keys {
		if !seen[k[0]] {
			seen[k[0]] = true
			want = append(want, k[0])
		}
	}
	var got []string
	for _, n := range root.keys {
		got = append(got, n.key)
	}
	if strings.Join(got, "\x00") != strings.Join(want, "\x00") {
		t.Fatalf("order %q, want %q", got, want)
	}
}

func scanSeeds() []string {
	return []string{
		"a = 1\n[b]\nc = 'x' # d\n[b.c2]\nd = [1, 2,\n # x\n 3,]\n",
		"\"a b\".'c' . d = {x = 1, y = {z = \"\\u0041\"}, }\n",
		"a = \"\"\"x\\\"\"\"\"\"\nb = '''y'''''\nc = 1979-05-27 07:32:00Z\nd = 07:32:00\n",
		"a = +1_000.5e-3\nb = [inf, -nan, 0xFF, 0o7, 0b1]\n[[c]]\n[[c]]\n[c.d]\n",
		"[a.b]\nc = 1\n[a]\nd = 1\n[e]\nf.g = 1\n[e.f]\nh=2\r\n",
		"x = {a.b = 1, a.c = 2}\ny = [[1], [{z = true}]]\n",
		"\"\" = 1\n\"\\e\\x41\" = 2\na = \"\\\n  b\"",
	}
}
