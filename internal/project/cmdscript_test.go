package project

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatWindowsRunsForAText(t *testing.T) {
	lookup := func(word string) (string, bool) {
		value, known := map[string]string{
			"port": "4000", "root": `C:\my shop`, "home": `C:\Users\Jürgen`, "odd": `C:\100%`, "end": `C:\a b\`,
		}[word]
		return value, known
	}
	shell := func(text string) []string { return []string{"cmd.exe", "/d", "/s", "/c", text} }
	for text, want := range map[string][]string{
		" npm run dev -- --port {port} ":     {"npm", "run", "dev", "--", "--port", "4000"},
		`./api --dir={root} "a  b" c" "d ""`: {"./api", `--dir=C:\my shop`, "a  b", "c d", ""},
		`.venv\Scripts\python -m x 'y'`:      {`.venv\Scripts\python`, "-m", "x", "'y'"},
		"echo hi":                            shell("echo hi"),
		"ECHO hi":                            shell("ECHO hi"),
		"a && b {port}":                      shell("a && b 4000"),
		"node %MAIN%":                        shell("node %MAIN%"),
		`say "a \" b`:                        shell(`say "a \" b`),
		"PORT={port} A=b node x.js":          {"node", "x.js"},
	} {
		if got, _, err := cmdScript(text, lookup); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q, %v\nwant %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"cd {root} && ls {port}":          `cd "C:\my shop" && ls 4000`,
		`cd "{root}\a" && x --dir={root}`: `cd "C:\my shop\a" && x --dir="C:\my shop"`,
		"{home} && {{port}} && {none}":    `C:\Users\Jürgen && {port} && {none}`,
	} {
		if got, _, err := cmdScript(text, lookup); err != nil || !slices.Equal(got, shell(want)) {
			t.Errorf("%s:\ngot  %q, %v\nwant %q", text, got, err, shell(want))
		}
	}
	for text, want := range map[string]string{
		"a\nb":                "cmd.exe runs one line, and this text has several",
		"cd {odd} && ls":      `the value of {odd} cannot be written in a command that cmd.exe runs: "C:\\100%"`,
		"cd {end} && ls":      `the value of {end} cannot be written in a command that cmd.exe runs: "C:\\a b\\"`,
		`echo ^"{root} && ls`: `the value of {root} cannot be written in a command that cmd.exe runs: "C:\\my shop"`,
	} {
		if got, _, err := cmdScript(text, lookup); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, want %s", text, got, err, want)
		}
	}
}

func TestValuesInFrontOfACommand(t *testing.T) {
	lookup := values("root", `C:\my shop`)
	for text, want := range map[string][]string{
		"A=1 B= C-D=2 x":                   {"A=1", "B=", "|", "C-D=2", "x"},
		`AT={root}\a  Q="b c" S='d "%$' x`: {`AT=C:\my shop\a`, "Q=b c", `S=d "%$`, "|", "x"},
		"A=1 x && y":                       {"A=1", "|", "cmd.exe", "/d", "/s", "/c", "x && y"},
		"A=%B% x":                          {"|", "cmd.exe", "/d", "/s", "/c", "A=%B% x"},
		`A="$B" x`:                         {"|", `A=$B`, "x"},
		"A=1":                              {"|", "A=1"},
	} {
		args, set, err := cmdScript(text, lookup)
		if got := slices.Concat(set, []string{"|"}, args); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q, %v\nwant %q", text, got, err, want)
		}
	}
}

// A text whose shell is named is cmd.exe's as it is: nothing in front of it is taken off,
// and nothing is started without it.
func TestCmdByName(t *testing.T) {
	got, err := cmdLine(" PORT={port} npm run dev ", values("port", "4000"))
	if want := []string{"cmd.exe", "/d", "/s", "/c", "PORT=4000 npm run dev"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPortVariableOfAProcfile(t *testing.T) {
	for text, want := range map[string]string{
		"rails -p $PORT":        "rails -p 5100",
		"x ${PORT:-3000}/$PORT": "x 5100/5100",
		"x $PORTS ${PORTS}":     "x $PORTS ${PORTS}",
	} {
		if got := withPort(text, 5100); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
		if got := withPort(text, 0); got != text {
			t.Errorf("%s without a port: got %s", text, got)
		}
	}
}
