package project

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatWindowsRunsForAText(t *testing.T) {
	lookup := func(word string) (string, bool) {
		value, known := map[string]string{"port": "4000", "root": `C:\my shop`}[word]
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
		"PORT={port} A=b node x.js":          shell(`set "PORT=4000"&& set "A=b"&& node x.js`),
	} {
		if got, err := cmdScript(text, lookup); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q, %v\nwant %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"a\nb":            "cmd.exe runs one line",
		"cd {root} && ls": `the value of {root} cannot be written in a command that cmd.exe runs: "C:\\my shop"`,
	} {
		if got, err := cmdScript(text, lookup); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v, want %s", text, got, err, want)
		}
	}
}
