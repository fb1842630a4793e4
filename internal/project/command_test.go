package project

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestPlaceholdersAreFilledInEverywhere(t *testing.T) {
	root := write(t, "Devgatefile", `
[api]
command = ["{bin}", "--port={port}", "--web={web.url}", "{{port}}"]
build = "go build -o {bin} ."
stop = "kill {name}"
ready = { exec = "check {root} {web.port}" }
port = 4001
[web]
command = "serve ${PORT} {}"
port = 5173
`)
	api := mustLoad(t, Options{Dir: root}).Service("api")
	bin := filepath.Join(root, ".devgate", "bin", "api")
	for _, c := range []struct{ got, want []string }{
		{api.Command, []string{bin, "--port=4001", "--web=http://localhost:5173", "{port}"}},
		{api.Build, []string{"/bin/sh", "-c", "exec go build -o " + bin + ".new ."}}, // W8: never written over while it runs
		{api.Stop, []string{"/bin/sh", "-c", "kill api"}},
		{api.ReadyExec, []string{"/bin/sh", "-c", "exec check " + root + " 5173"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// A project may lie in any folder: what devgate writes into a script reaches the
// program as it is, wherever it stands, and the shell still replaces itself.
func TestPathsOfAnyKindReachTheProgram(t *testing.T) {
	for _, folder := range []string{"plain", "my project (2)", "it's", `$HOME "x" & co; #`, "a\\nb", "~", "*", "new\nline", "`id` $(id)"} {
		root := filepath.Join(write(t, folder+"/.devgate/bin/api", "#!/bin/sh\nprintf '%s,' \"$0\" \"$@\"\n"), folder)
		bin := filepath.Join(root, ".devgate", "bin", "api")
		if err := os.Chmod(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		text := "[api]\nbuild = 'make {bin}'\nport = 4001\ncommand = \"\"\"{bin} {root}/x \\\"{root}\\\" '{root}' {port} {gateway.url}\"\"\"\n" +
			"[list]\ncommand = ['printf', '%s', '{root}']\nenv = { AT = '{root}' }\n" +
			"[print]\ncommand = 'printf %s {root}'\n"
		if err := os.WriteFile(filepath.Join(root, "Devgatefile"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		p := mustLoad(t, Options{File: filepath.Join(root, "Devgatefile")})
		want := strings.Join([]string{bin, root + "/x", root, root, "4001", "http://localhost:3000", ""}, ",")
		for name, want := range map[string]string{"api": want, "list": root, "print": root} {
			command := p.Service(name).Command
			if got, err := exec.Command(command[0], command[1:]...).Output(); err != nil || string(got) != want {
				t.Errorf("%s prints %q (%v), want %q", command, got, err, want)
			}
		}
		if script := p.Service("api").Command[2]; !strings.HasPrefix(script, "exec ") {
			t.Errorf("the shell stays for %s", script)
		}
		if got := value(p.Service("list").Env, "AT"); got != root {
			t.Errorf("the variable is %q, want %q", got, root)
		}
	}
}

// What cannot be written into a script is told with its place, before anything starts.
func TestAValueThatCannotBeWrittenIsAnError(t *testing.T) {
	root := filepath.Join(write(t, "it's\there/x", ""), "it's\there")
	t.Chdir(root)
	text := "[api]\ncommand = \"echo \\\"${X:-{root}}\\\"\"\nstop = \"\"\"cat <<E\n{root}\nE\"\"\"\n"
	if err := os.WriteFile("Devgatefile", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Load(t.Context(), Options{Dir: root})
	const want = `Devgatefile:2:11: the value of {root} holds ' or begins with ~, and stands within ${…} within "…"
    2 | command = "echo \"${X:-{root}}\""
      |           ^^^^^^^^^^^^^^^^^^^^^^^
  hint: env = { X = "{...}" } makes it a variable: write $X there
Devgatefile:3:8: the value of {root} holds a line break or a tab, and stands in a here-document
    3 | stop = """cat <<E
      |        ^^^^^^^^^^
  hint: env = { X = "{...}" } makes it a variable: write $X there`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Contract: a command leaves no idle shell behind where avoidable.
func TestTheShellReplacesItselfOnlyWhereThatIsTheSame(t *testing.T) {
	for script, same := range map[string]bool{
		"node server.js":              true,
		"npm run dev -- --port 1":     true,
		"./bin/api --name 'a b'":      true,
		`echo-server "$HOME/x" $PORT`: true,
		"node a.js; node b.js":        false,
		"a && b":                      false,
		"a | b":                       false,
		"a > log":                     false,
		"(a)":                         false,
		"a &":                         false,
		"FOO=1 node a.js":             false,
		"cd web":                      false,
		"exec node a.js":              false,
		"if true":                     false,
		"$CMD x":                      false,
		"node a.js # comment":         false,
		"a\nb":                        false,
		"a `b`":                       false,
		"a $(b)":                      false,
		"echo hello":                  false,
	} {
		if got := replaceable(script); got != same {
			t.Errorf("%q: replaced %v, want %v", script, got, same)
		}
	}
}
