package procfile

import (
	"strings"
	"testing"
)

// asOn reads a text as on Windows, or as on all others, and returns what is wrong with it,
// a line each.
func asOn(t *testing.T, windows bool, name, text string) string {
	t.Helper()
	src := newSource(name, text)
	src.windows = windows
	read := parseDevgatefile
	if name == "Procfile" {
		read = parseProcfile
	}
	_, err := read(src)
	if err == nil {
		return ""
	}
	var all strings.Builder
	for _, e := range err.(ErrorList) {
		all.WriteString(e.Pos.String() + " " + e.Msg + " (" + e.Hint + ")\n")
	}
	return all.String()
}

// N2: what could not be the name of a log is told, with its place, and nowhere else.
func TestDevicesAreNoServicesOnWindows(t *testing.T) {
	const why = " is that of a device on Windows (no file can be named like it, so this service could have no log: choose another name)\n"
	for _, c := range []struct{ name, text, want string }{
		{"Devgatefile", "[web]\ncommand = 'x'\n[CON]\ncommand = 'x'\n", `3:1 the name "CON"` + why},
		{"Procfile", "web: x\nlpt1: x\n", `2:1 the name "lpt1"` + why},
	} {
		if got := asOn(t, true, c.name, c.text); got != c.want {
			t.Errorf("%s: got\n%swant\n%s", c.text, got, c.want)
		}
		if got := asOn(t, false, c.name, c.text); got != "" {
			t.Errorf("elsewhere %s: got\n%s", c.text, got)
		}
	}
}

func TestNamesOfDevices(t *testing.T) {
	for name, want := range map[string]bool{
		"con": true, "NUL": true, "Aux": true, "prn": true, "com1": true, "COM9": true, "lpt5": true,
		"con.log": true, "nul.tar.gz": true, "con .txt": true, "a:b": true,
		"com0": false, "com": false, "com10": false, "lpt": false, "console": false, "con-1": false, "acon": false, "x.con": false, "": false,
	} {
		if got := isDevice(name); got != want {
			t.Errorf("%q: got %v", name, got)
		}
	}
}

// A pattern that would match nothing in silence is told with what was meant.
func TestBackslashesInPatternsOnWindows(t *testing.T) {
	for pattern, want := range map[string]string{
		`src/**`: "", `app/\[id\]/**`: "", `a\{b\}`: "",
		`src\**`: "src/**", `src\*.go`: "src/*.go", `C:\a\[b\]`: `C:/a\[b\]`, `..\shared`: "../shared", `src\`: "src/",
	} {
		if got := separatorIn(pattern); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
	const text = "[web]\ncommand = 'x'\nwatch = ['src/*', 'src\\**']\nignore = 'a\\b'\n"
	want := `3:19 pattern "src\\**" has a "\" in it, which separates no folders in a pattern (write "src/**")` + "\n" +
		`4:10 pattern "a\\b" has a "\" in it, which separates no folders in a pattern (write "a/b")` + "\n"
	if got := asOn(t, true, "Devgatefile", text); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := asOn(t, false, "Devgatefile", text); got != "" {
		t.Errorf("elsewhere: got\n%s", got)
	}
}
