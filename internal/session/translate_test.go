package session

import (
	"reflect"
	"syscall"
	"testing"
	"time"

	"devgate/internal/logmux"
	"devgate/procfile"
	"devgate/proxy"
	"devgate/supervisor"
)

const whole = `port = 3000
name = "shop"
hosts = ["shop.test"]
hold = "7s"
replay_limit = "2MiB"
not_found = "pass"
speculate = true
[api]
command = ["api", "-p", "{port}"]
build = "make {bin}"
stop = "stopper"
port = 4001
paths = ["/api"]
final = true
fallthrough = [404, 405]
protocol = "h2c"
after = ["db", "far"]
watch = ["*.go"]
ignore = ["x.go"]
restart = "always"
grace = "3s"
[db]
command = "db"
once = true
restart = "never"
stop_signal = "INT"
[web]
command = "web"
port = 4002
spa = true
optional = true
[far]
url = "http://127.0.0.1:9"
spa = false
`

// Every key that reaches the gateway reaches it as it was meant.
func TestTheGatewaysConfigurationSaysWhatTheFileSays(t *testing.T) {
	s := newSetup(loaded(t, whole), nil)
	s.ports["web"] = 4000 // its first one
	got := gatewayConfig(s, nil)
	want := proxy.Config{
		Name: "shop", Hosts: []string{"shop.test"}, Hold: 7 * time.Second, ReplayLimit: 2 << 20, NotFound: proxy.Pass, Speculate: true, Keep: true,
		Backends: []proxy.Backend{
			{Name: "api", Port: 4001, Paths: []string{"/api"}, Final: true, Fallthrough: s.Service("api").Fallthrough, H2C: true, SPA: proxy.Auto},
			{Name: "web", Port: 4000, Fallthrough: s.Service("web").Fallthrough, SPA: proxy.On, Optional: true},
			{Name: "far", URL: s.Service("far").Service.URL, Remote: true, Fallthrough: s.Service("far").Fallthrough, SPA: proxy.Off},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	none := newSetup(loaded(t, "dashboard = false\nhold = \"0s\"\nreplay_limit = \"0\"\n[a]\ncommand = \"a\"\n"), nil)
	if got := gatewayConfig(none, nil); got.Hold <= 0 || got.Hold > time.Millisecond || got.ReplayLimit != 1 || got.NotFound == proxy.Pass || got.Keep {
		t.Errorf("none is taken for the default: %+v", got)
	}
}

// Every key that reaches the supervisor reaches it as it was meant.
func TestASpecSaysWhatTheFileSays(t *testing.T) {
	s := newSetup(loaded(t, whole), nil)
	s.versions["api"] = 3
	api := s.Service("api")
	got := plainSpec(s, api)
	want := supervisor.Spec{
		Name: "api", Version: "3", Port: 4001, After: []string{"db"}, Restart: supervisor.Always, Signal: syscall.SIGTERM, Grace: 3 * time.Second,
		Command: supervisor.Command{Args: []string{"api", "-p", "4001"}, Dir: s.Root, Env: api.Env},
		Build:   &supervisor.Command{Args: api.Build, Dir: s.Root, Env: api.BuildEnv},
		Stop:    &supervisor.Command{Args: api.Stop, Dir: s.Root, Env: api.Env},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	db := plainSpec(s, s.Service("db"))
	if db.Build != nil || db.Stop != nil || !db.Once || db.Restart != supervisor.Never || db.Signal != syscall.SIGINT || db.Version != "0" {
		t.Errorf("got %+v", db)
	}
	if got := restartPolicy(procfile.Restart(0)); got != supervisor.OnFailure {
		t.Errorf("by default it is restarted: %v", got)
	}
}

// Of files, those of services that want it are watched, and those that the project
// is made from.
func TestWhatIsWatched(t *testing.T) {
	p := loaded(t, whole)
	got := watchTargets(p, []string{"/one"})
	api := p.Service("api")
	if len(got) != 2 || got[0].Name != logmux.Devgate || !reflect.DeepEqual(got[0].Files, []string{"/one"}) || got[0].Dir != p.Root {
		t.Fatalf("got %+v", got)
	}
	if w := got[1]; w.Name != "api" || w.Dir != p.Root || !reflect.DeepEqual(w.Patterns, []string{"*.go"}) || !reflect.DeepEqual(w.Ignore, []string{"x.go"}) ||
		!reflect.DeepEqual(w.Exclude, []string{api.Bin, api.Staged}) {
		t.Errorf("got %+v", w)
	}
}
