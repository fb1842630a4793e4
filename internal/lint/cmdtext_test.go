package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"devgate/internal/project"
)

func TestWordsOfSh(t *testing.T) {
	for text, want := range map[string]string{
		"npm run dev -- --port 4000":        "",
		`node "a;b" "it's" x'y'`:            "",
		"a && b || c > out.txt 2>&1 | more": "",
		"node %MAIN% & exit":                "&",
		"sleep 1 & node x":                  "&",
		"node $MAIN ${REST:-x}":             "$MAIN",
		`node "--at=${HOME}/x"`:             "${HOME}",
		"export A=1; node x":                "export A= ;",
		"a; b":                              ";",
		"a;":                                ";",
		"http://x/a;b":                      "",
		`node -e 'console.log("x")'`:        `'console.log("x")'`,
		"kill $(cat pid) 2>/dev/null":       "$(cat pid) /dev/null",
		"x `date`":                          "`date`",
		"price 5$":                          "",
		"C:\\x\\$Recycle.Bin":               "$Recycle",
	} {
		var got []string
		for _, f := range wordsOfSh(text, false) {
			got = append(got, f.text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if got := wordsOfSh("rails -p $PORT -b ${PORT:-1}", true); len(got) > 0 {
		t.Errorf("the port of a Procfile's line: %v", got)
	}
}

// onWindows are the warnings that are Windows' alone, a line each.
func onWindows(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := project.Load(t.Context(), project.Options{File: file, Dir: filepath.Dir(file)})
	if err != nil {
		t.Fatal(err)
	}
	w := &warnings{project: p}
	for _, s := range p.Services {
		w.forCmd(s)
		w.signal(s)
	}
	var b strings.Builder
	for _, e := range w.all {
		b.WriteString(e.Pos.String() + " " + e.Msg + " (" + e.Hint + ")\n")
	}
	return b.String()
}

func TestWarningsOnWindows(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{
			"Devgatefile", "[web]\ncommand = 'npm run dev; x $API'\nbuild = \"echo 'a b'\"\nstop_signal = 'USR1'\n",
			`2:27 web: what sh makes of $API and ; is not done on Windows (add shell = "sh" (that of Git for Windows), or write %NAME% for $NAME, && for ;)` + "\n" +
				`3:15 web: what sh makes of 'a b' is not done on Windows (add shell = "sh" (that of Git for Windows), or write "..." for '...')` + "\n" +
				`4:16 web: Windows has no USR1: the service is sent Ctrl-C, as for TERM (stop = "..." runs a command instead)` + "\n",
		},
		{"Devgatefile", "[web]\ncommand = 'x; $API'\nshell = 'sh'\nstop_signal = 'INT'\n[b]\ncommand = ['x', '$API']\n", ""},
		{
			"Procfile", "web: x $API -p $PORT\n",
			`1:8 web: what sh makes of $API is not done on Windows (write %NAME% for $NAME; a Devgatefile may also say shell = "sh")` + "\n",
		},
	} {
		if got := onWindows(t, c.name, c.text); got != c.want {
			t.Errorf("%s\ngot\n%swant\n%s", c.text, got, c.want)
		}
	}
}
