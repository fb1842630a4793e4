package project

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"devgate/procfile"
)

const base = `
[env]
LEVEL = "info"
[api]
command = "run {web.port}"
port = 4001
ready = { log = "up" }
[web]
command = "serve"
port = 5173
[idle]
command = "wait"
`

// F4: what makes a new process necessary, and what does not.
func TestOnlyWhatAProcessIsGivenMakesANewOneNecessary(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"a comment", "[api]", "# here\n[api]", ""},
		{"gateway keys", "[env]", "hold = \"1s\"\nhosts = [\"x.test\"]\n[env]", ""},
		{"keys of the cascade", "port = 5173", "port = 5173\npaths = [\"/x\"]\nspa = true", ""},
		{"how it stops and restarts", "command = \"serve\"", "command = \"serve\"\ngrace = \"1s\"\nrestart = \"always\"\nstop = \"x\"\nafter = [\"api\"]", ""},
		{"what it watches", "command = \"serve\"", "command = \"serve\"\nwatch = [\"src\"]", ""},
		{"another backend", "[idle]", "[new]\ncommand = \"new\"\nport = 4009\n[idle]", ""},
		{"a backend less", "[idle]\ncommand = \"wait\"", "", ""},
		{"a command", "serve", "serve2", "web"},
		{"a build", "command = \"serve\"", "command = \"serve\"\nbuild = \"make\"", "web"},
		{"a folder", "command = \"serve\"", "command = \"serve\"\ndir = \"sub\"", "web"},
		{"a terminal", "command = \"wait\"", "command = \"wait\"\npty = true", "idle"},
		{"a task", "command = \"wait\"", "command = \"wait\"\nonce = true", "idle"},
		{"readiness", "log = \"up\"", "log = \"down\"", "api"},
		{"its own variable", "command = \"wait\"", "command = \"wait\"\nenv = { A = \"1\" }", "idle"},
		{"a variable of all", "info", "debug", "api web idle"},
		{"how it is spoken to", "port = 5173", "port = 5173\nprotocol = \"h2c\"", "web"},
		{"a port that all are told", "5173", "5174", "api web idle"},
		{"the gateway's port, which all are told", "[env]", "port = 3001\n[env]", "api web idle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := mustLoad(t, Options{Dir: write(t, "Devgatefile", base, "sub/x", "")})
			changed := strings.Replace(base, c.from, c.to, 1)
			if err := os.WriteFile(filepath.Join(before.Root, "Devgatefile"), []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			after := mustLoad(t, Options{Dir: before.Root})
			var got []string
			for _, s := range after.Services {
				if old := before.Service(s.Name); old != nil && after.NeedsProcess(s, old, before) {
					got = append(got, s.Name)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("new processes for %q, want %q", got, c.want)
			}
		})
	}
}

// F4, the table of keys: for each key, a file in which only its value differs.
// Nobody can forget a key: what the table says of it is what happens.
func TestEveryKeyNeedsAProcessAsTheTableSays(t *testing.T) {
	if wrong := mistaken(variations(t), procfile.ServiceKeys()); len(wrong) > 0 {
		t.Errorf("not compared, or compared for nothing: %q", wrong)
	}
}

// A key that nobody compares is noticed by the test above.
func TestAForgottenKeyWouldBeNoticed(t *testing.T) {
	all := variations(t)
	for _, forgotten := range procfile.ServiceKeys() {
		if !forgotten.NewProcess {
			continue
		}
		rest := slices.DeleteFunc(procfile.ServiceKeys(), func(k procfile.Key) bool {
			// The environment tells of other keys too: of the port, for one. And a command tells of
			// its shell.
			return k.Name == forgotten.Name || strings.HasPrefix(k.Name, "env") || forgotten.Name == "shell" && k.Name == "command"
		})
		if wrong := mistaken(all, rest); !slices.Contains(wrong, forgotten.Name) {
			t.Errorf("nobody notices that %s is not compared; only %q", forgotten.Name, wrong)
		}
	}
}

// variation is two projects that differ in the value of one key.
type variation struct {
	procfile.Key
	name          string // the key's; one of the whole file may have that of a service
	before, after *Project
}

// variations has one of each key that a service with a process can have.
func variations(t *testing.T) (all []variation) {
	t.Helper()
	for _, k := range procfile.FileKeys() {
		v := vary(t, k, fileWith)
		v.name = "the whole file's " + k.Name
		all = append(all, v)
	}
	for _, k := range procfile.ServiceKeys() {
		if k.Name != "url" && k.Needs != "url" {
			all = append(all, vary(t, k, serviceWith))
		}
	}
	return all
}

// mistaken are the keys of which a comparison of keys says something else than
// the table.
func mistaken(all []variation, keys []procfile.Key) (names []string) {
	for _, v := range all {
		if differs(keys, v.after.Service("api"), v.before.Service("api"), passingVariables(v.after, v.before)) != v.NewProcess {
			names = append(names, v.name)
		}
	}
	return names
}

func vary(t *testing.T, k procfile.Key, file func(procfile.Key, string) string) variation {
	t.Helper()
	root := write(t, "a/x", "", "b/x", "", "a.env", "FROM=a", "b.env", "FROM=b")
	values := examples(t, k)
	load := func(value string) *Project {
		path := filepath.Join(root, "Devgatefile")
		if err := os.WriteFile(path, []byte(file(k, value)), 0o644); err != nil {
			t.Fatal(err)
		}
		return mustLoad(t, Options{File: path, Dir: root, Ports: map[string]int{"api": 4009}})
	}
	return variation{k, k.Name, load(values[0]), load(values[1])}
}

func fileWith(k procfile.Key, value string) string {
	return k.Name + " = " + value + "\n[api]\ncommand = \"run\"\n[a]\ncommand = \"a\"\n[b]\ncommand = \"b\"\n"
}

// serviceWith is a file with a service that may have the key.
func serviceWith(k procfile.Key, value string) string {
	lines := []string{"[a]", `command = "a"`, "[b]", `command = "b"`, "[api]", k.Name + " = " + value}
	if k.Name != "command" {
		lines = append(lines, `command = "run"`)
	}
	switch {
	case k.Name == "restart_style":
		lines = append(lines, `port = "auto"`)
	case k.Scope == procfile.ScopeAsked || k.Name == "ready":
		lines = append(lines, "port = 4001")
	}
	if k.Needs != "" {
		lines = append(lines, k.Needs+` = "/x"`)
	}
	return strings.Join(lines, "\n") + "\n"
}

// examples are two values of a key.
func examples(t *testing.T, k procfile.Key) [2]string {
	t.Helper()
	form := k.Type.Forms[0]
	if form.Words != nil && len(form.Words) < 2 && len(k.Type.Forms) > 1 {
		form = k.Type.Forms[1]
	}
	switch form.Shape {
	case procfile.Boolean:
		return [2]string{"false", "true"}
	case procfile.Integer:
		return [2]string{strconv.FormatInt(max(form.Min, 400), 10), strconv.FormatInt(max(form.Min, 401), 10)}
	case procfile.Table:
		return [2]string{`{ A = "1" }`, `{ A = "2" }`}
	}
	if form.Words != nil {
		return [2]string{strconv.Quote(form.Words[0]), strconv.Quote(form.Words[1])}
	}
	texts := map[string][2]string{
		"": {"a", "b"}, "command": {"a", "b"}, "duration": {"1s", "2s"}, "file": {"a.env", "b.env"}, "folder": {"a", "b"}, "glob": {"a", "b"},
		"host": {"localhost", "192.0.2.1"}, "path": {"/a", "/b"}, "service": {"a", "b"}, "signal": {"INT", "HUP"},
	}[form.What]
	if texts[0] == "" {
		t.Fatalf("no example of a %s", form.What)
	}
	return [2]string{strconv.Quote(texts[0]), strconv.Quote(texts[1])}
}

// F4: .env files count, also those that are not there yet.
func TestInputsAreEveryFileThatTheProjectIsMadeFrom(t *testing.T) {
	root := write(t, "Devgatefile", "[api]\ncommand = \"run\"\ndir = \"sub\"\nenv_file = [\"a.env\", \"../b.env\"]\n", "sub/a.env", "A=1\n", "b.env", "B=1\n")
	in := func(names ...string) (all []string) {
		for _, name := range names {
			all = append(all, filepath.Join(root, name))
		}
		return all
	}
	if got, want := mustLoad(t, Options{Dir: root}).Inputs, in("Devgatefile", ".env", "sub/a.env", "b.env"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := os.Remove(filepath.Join(root, "b.env")); err != nil {
		t.Fatal(err)
	}
	p, err := Load(t.Context(), Options{Dir: root})
	if err == nil || p == nil || !slices.Contains(p.Inputs, filepath.Join(root, "b.env")) {
		t.Errorf("beside %v, the project is %+v: nobody can watch for the missing file", err, p)
	}
}

// W8, overlap: each process has a port of its own, others see that of the service.
func TestAnInstanceHasAPortOfItsOwn(t *testing.T) {
	p := mustLoad(t, Options{Dir: write(t, "Devgatefile", `
[api]
command = "run --port {port} --self {api.port} {bin}"
build = "make {bin}"
env = { WHERE = "{bin}" }
port = "auto"
`)})
	api := p.Service("api")
	one, err := p.Instance(api, 41234)
	if err != nil {
		t.Fatal(err)
	}
	public := strings.TrimPrefix(api.URL, "http://localhost:")
	if got, want := one.Command[2], "exec run --port 41234 --self "+public+" "+api.Bin; got != want {
		t.Errorf("command %q, want %q", got, want)
	}
	if value(one.Env, "PORT") != "41234" || value(one.Env, "DEVGATE_API_PORT") != public || value(api.Env, "PORT") != public {
		t.Errorf("PORT %s and DEVGATE_API_PORT %s; the service's PORT is %s", value(one.Env, "PORT"), value(one.Env, "DEVGATE_API_PORT"), value(api.Env, "PORT"))
	}
	if value(api.Env, "WHERE") != api.Bin || value(api.BuildEnv, "WHERE") != api.Staged {
		t.Errorf("{bin} is %s when it runs, %s when it is built", value(api.Env, "WHERE"), value(api.BuildEnv, "WHERE"))
	}
}

// F4: what a running devgate has chosen stays.
func TestChosenPortsStay(t *testing.T) {
	root := write(t, "Devgatefile", "port = \"auto\"\n[api]\ncommand = \"run\"\nport = \"auto\"\n")
	p := mustLoad(t, Options{Dir: root, Ports: map[string]int{"api": 41999}, GatewayPort: 42999})
	if p.Port != 42999 || p.Service("api").Port != 41999 {
		t.Errorf("gateway %d, api %d", p.Port, p.Service("api").Port)
	}
}
