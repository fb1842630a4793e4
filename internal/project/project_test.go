package project

import (
	"errors"
	"os"
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
	if p.Root != root || p.Name != filepath.Base(root) || p.Path != filepath.FromSlash("../../Devgatefile") || p.Service("api").Dir != filepath.Join(root, "sub") {
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
