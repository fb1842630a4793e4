package project

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"devgate/procfile"
)

// write makes a project: pairs of a path and its text.
func write(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(root, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func mustLoad(t *testing.T, o Options) *Project {
	t.Helper()
	p, err := Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func value(env []string, name string) string {
	for _, entry := range env {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			return v
		}
	}
	return "(unset)"
}

// Contract section 1: env over env_file over [env] over the top env_file over
// devgate's own.
func TestTheEnvironmentIsLayeredAsPromised(t *testing.T) {
	root := write(t,
		".env", "A=top\nB=top\nC=top\nD=top\n",
		"api/own.env", "A=file\nB=file\n",
		"Devgatefile", `
[env]
A = "all"
B = "all"
C = "all"
[api]
command = "run"
dir = "api"
port = 4001
env_file = "own.env"
env = { A = "table {port}" }
`)
	p := mustLoad(t, Options{Dir: root, Environ: []string{"A=own", "B=own", "C=own", "D=own", "E=own"}})
	env := p.Service("api").Env
	for name, want := range map[string]string{"A": "table 4001", "B": "file", "C": "all", "D": "top", "E": "own"} {
		if got := value(env, name); got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
	if !slices.IsSorted(env) {
		t.Errorf("not sorted: %q", env)
	}
}

func TestEveryChildLearnsAboutItselfAndTheOthers(t *testing.T) {
	root := write(t, "Devgatefile", `
[api-v2]
command = "run"
port = 4001
[staging]
url = "http://10.0.0.5:8080"
[worker]
command = "run"
`)
	p := mustLoad(t, Options{Dir: root, Color: true, Environ: []string{"PORT=99"}})
	env := p.Service("worker").Env
	for name, want := range map[string]string{
		"DEVGATE": "1", "DEVGATE_NAME": "worker", "DEVGATE_URL": "http://localhost:3000",
		"DEVGATE_API_V2_PORT": "4001", "DEVGATE_API_V2_URL": "http://localhost:4001",
		"DEVGATE_STAGING_URL": "http://10.0.0.5:8080", "DEVGATE_STAGING_PORT": "(unset)",
		"PYTHONUNBUFFERED": "1", "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PORT": "99",
	} {
		if got := value(env, name); got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
	if got := value(p.Service("api-v2").Env, "PORT"); got != "4001" {
		t.Errorf("PORT=%s: devgate's own must not win over the Devgatefile's", got)
	}
}

func TestWhatTheUserSetWinsOverWhatDevgateGives(t *testing.T) {
	root := write(t,
		".env", "PORT=3000\nDEVGATE_URL=https://shop.test\n",
		"Devgatefile", `
[api]
command = "run"
port = 4001
[odd]
command = "run"
port = 4002
env = { PORT = "5", DEVGATE = "no" }
`)
	p := mustLoad(t, Options{Dir: root, Color: true, Environ: []string{"FORCE_COLOR=0", "PYTHONUNBUFFERED="}})
	for _, c := range []struct{ service, name, want string }{
		{"api", "PORT", "4001"}, // a PORT for all would put every service on one port
		{"odd", "PORT", "5"}, {"odd", "DEVGATE", "no"}, {"api", "DEVGATE_URL", "https://shop.test"},
		{"api", "FORCE_COLOR", "0"}, {"api", "PYTHONUNBUFFERED", ""},
	} {
		if got := value(p.Service(c.service).Env, c.name); got != c.want {
			t.Errorf("%s: %s=%s, want %s", c.service, c.name, got, c.want)
		}
	}
	quiet := mustLoad(t, Options{Dir: root})
	if got := value(quiet.Service("api").Env, "CLICOLOR_FORCE"); got != "(unset)" {
		t.Errorf("without colours CLICOLOR_FORCE=%s", got)
	}
}

// F5: a reference is to what stands above it, or to a layer below.
func TestEnvFilesReferToWhatIsBelowThem(t *testing.T) {
	root := write(t,
		".env", "HOST=db.test\nURL=http://${HOST}/${LATER}\nSELF=${DEVGATE_NAME}:${PORT}\nSHELL_HOME=${HOME}\nLATER=x\n",
		"a.env", "A=1\n", "b.env", "B=${A}${HOST}${OWN}${LEVEL}\n",
		"Devgatefile", `
env_file = [".env", "a.env"]
[env]
LEVEL = "info"
[api]
command = "run"
port = 4001
env_file = "b.env"
env = { OWN = "${A}" }
`)
	env := mustLoad(t, Options{Dir: root, Environ: []string{"HOME=/home/me"}}).Service("api").Env
	for name, want := range map[string]string{
		"URL": "http://db.test/${LATER}", "SELF": "api:4001", "SHELL_HOME": "/home/me", "B": "1db.test${OWN}info", "OWN": "${A}",
	} {
		if got := value(env, name); got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
}

// Contract section 1: with any opinion on colours, in any layer, devgate has none.
func TestOneOpinionOnColoursIsEnough(t *testing.T) {
	for _, c := range []struct{ name, environ, dotenv, all, own, service string }{
		{"devgate's environment", "NO_COLOR=1", "", "", "", ""},
		{"empty is an opinion", "NO_COLOR=", "", "", "", ""},
		{"the top env file", "", "FORCE_COLOR=0\n", "", "", ""},
		{"for every service", "", "", "[env]\nCLICOLOR_FORCE = \"0\"\n", "", ""},
		{"the service's file", "", "", "", "NO_COLOR=1\n", ""},
		{"the service itself", "", "", "", "", "env = { NO_COLOR = 1 }\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := c.all + "[api]\ncommand = \"run\"\nenv_file = \"own.env\"\n" + c.service + "[other]\ncommand = \"run\"\n"
			root := write(t, ".env", c.dotenv, "own.env", c.own, "Devgatefile", file)
			p := mustLoad(t, Options{Dir: root, Color: true, Environ: []string{c.environ}})
			set := 0
			for _, name := range []string{"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"} {
				if value(p.Service("api").Env, name) != "(unset)" {
					set++
				}
			}
			if set != 1 {
				t.Errorf("%d variables on colours, want the user's one: %q", set, p.Service("api").Env)
			}
			if ofAll := c.own+c.service == ""; (value(p.Service("other").Env, "FORCE_COLOR") == "1") == ofAll {
				t.Errorf("the other service has %q", p.Service("other").Env)
			}
		})
	}
}

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

func TestAutoPortsAreFreeAndDifferentAndTheGatewaysIsStable(t *testing.T) {
	root := write(t, "Devgatefile", `
port = "auto"
[a]
command = "run {b.port}"
port = "auto"
[b]
command = "run"
port = "auto"
`)
	p, again := mustLoad(t, Options{Dir: root}), mustLoad(t, Options{Dir: root})
	a, b := p.Service("a"), p.Service("b")
	if a.Port == 0 || b.Port == 0 || a.Port == b.Port || a.Port == p.Port || p.Port != again.Port {
		t.Errorf("ports %d, %d, gateway %d and %d", a.Port, b.Port, p.Port, again.Port)
	}
	if value(a.Env, "DEVGATE_B_PORT") != value(b.Env, "PORT") {
		t.Error("a is told another port of b than b is")
	}
	if got := mustLoad(t, Options{Dir: root, Port: 3333, Host: "0.0.0.0"}); got.URL != "http://localhost:3333" || got.Host != "0.0.0.0" {
		t.Errorf("the command line does not win: %s, %s", got.URL, got.Host)
	}
}

func TestTheProjectIsTheFolderOfItsFile(t *testing.T) {
	root := write(t, "Devgatefile", "[api]\ncommand = \"run\"\ndir = \"sub\"\n", "sub/deep/x", "")
	p := mustLoad(t, Options{Dir: filepath.Join(root, "sub", "deep")})
	if p.Root != root || p.Name != filepath.Base(root) || p.Path != "../../Devgatefile" || p.Service("api").Dir != filepath.Join(root, "sub") {
		t.Errorf("got %+v", p)
	}
	if _, err := Load(t.Context(), Options{Dir: t.TempDir()}); !errors.Is(err, procfile.ErrNotFound) {
		t.Errorf("without a file: %v", err)
	}
}

func TestTheGatewaysPortFromTheCommandLineMayNotBeABackends(t *testing.T) {
	root := write(t, "Devgatefile", "[api]\ncommand = \"run\"\nport = 4001\n")
	_, err := Load(t.Context(), Options{Dir: root, Port: 4001})
	if err == nil || !strings.Contains(err.Error(), "4001") {
		t.Errorf("got %v", err)
	}
}

func TestLoopbackHostsAndWhatPeopleType(t *testing.T) {
	for host, want := range map[string]string{
		"localhost": "localhost", "": "localhost", "127.0.0.1": "localhost", "::1": "localhost",
		"0.0.0.0": "localhost", "::": "localhost", "192.168.1.5": "192.168.1.5", "shop.test": "shop.test",
	} {
		if got := shownHost(host); got != want {
			t.Errorf("%s is shown as %s, want %s", host, got, want)
		}
	}
	if IsLoopback("0.0.0.0") || !IsLoopback("127.0.0.5") {
		t.Error("loopback is mistaken")
	}
}
