package project

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
	p, err := Load(Options{Dir: root})
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
	one := p.Instance(api, 41234)
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
