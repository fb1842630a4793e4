package export

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"devgate/internal/routes"
)

// refused is what a target says when it cannot be written.
func refused(t *testing.T, m *Model, target string, mode Mode) string {
	t.Helper()
	to, err := Find(target)
	if err != nil {
		t.Fatal(err)
	}
	text, err := to.Write(m, mode)
	if err == nil {
		t.Fatalf("%s is written:\n%s", target, text)
	}
	return err.Error()
}

const two = "port = 3000\n[api]\ncommand = \"x\"\nport = 4001\n[web]\ncommand = \"y\"\nport = 4002\n"

// What cannot be is refused in words that say what to do.
func TestRefusals(t *testing.T) {
	auto := strings.Replace(two, "4001", `"auto"`, 1)
	files := strings.Replace(two, "port = 3000", "port = 3000\nstatic = \".\"", 1)
	seen := []routes.Observation{got("/api/a", "api", "json"), got("/api/b", "api", "json")}
	var crowd []routes.Observation
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		crowd = append(crowd, got("/x"+name, "api", "json"))
	}
	for _, c := range []struct {
		name, file, target string
		mode               Mode
		seen               []routes.Observation
		o                  Options
		want               string
	}{
		{"nothing was seen", two, "caddy", Auto, nil, Options{}, "no routes: devgate has seen no traffic yet: run devgate up, use the app, and try again, or declare `paths`"},
		{"nothing was seen, and routes are wanted", two, "nginx", ByRoutes, nil, Options{}, "no routes: devgate has seen no traffic yet: run devgate up, use the app, and try again, or declare `paths`"},
		{"too many names", two, "haproxy", Auto, crowd, Options{}, "no routes: api answers 9 names below / (/xa, /xb, /xc, …): declare its `paths`, or make it the last of the cascade, which gets all that no route is for"},
		{"no cascade", two, "kubernetes", ByCascade, seen, Options{}, "kubernetes cannot pass a request on with its body: use nginx for a cascade, or routes"},
		{"another port each time", auto, "nginx", Auto, seen, Options{}, "api has another port at each start: give --upstream api=HOST:PORT"},
		{"no files", files, "haproxy", Auto, seen, Options{}, "haproxy serves no files: give --upstream static=HOST:PORT of a server that has those of ."},
		{"no built files", two, "haproxy", Auto, seen, Options{Dists: map[string]string{"web": "dist"}}, "haproxy serves no files: give --upstream web=HOST:PORT of a server that has them"},
		{"no built files in a cluster", two, "kubernetes", Auto, seen, Options{Dists: map[string]string{"web": "dist"}}, "a cluster serves no folder: build an image of web that has the files of dist, and leave --dist out"},
		{"h2c", strings.Replace(two, "4001", "4001\nprotocol = \"h2c\"", 1), "nginx", Auto, seen, Options{}, "api speaks HTTP/2 without TLS (protocol = \"h2c\"), which nginx does not: use caddy or haproxy"},
		{"a folder nginx cannot name", two, "nginx", Auto, seen, Options{Dists: map[string]string{"web": "/srv/$x"}}, `--dist: "/srv/$x" cannot stand in a file of nginx (it has "$")`},
		{"one host twice", strings.Replace(two, "[web]", "[api_]", 1), "compose", Auto, seen, Options{}, `api and api_ are both "api" as the name of a host: give one of them another name`},
		{"a service where the gateway is", strings.Replace(two, "[web]", "[gateway_]", 1), "compose", Auto, seen, Options{}, `the gateway and gateway_ are both "gateway" as the name of a host: give one of them another name`},
		{"several lines", strings.Replace(two, `"x"`, `"x\ny"`+"\nshell = \"sh\"", 1), "procfile", Auto, seen, Options{}, "the command of api has several lines, and a Procfile has one for each process: put it into a script"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := refused(t, model(t, written(t, c.file), c.seen, c.o), c.target, c.mode); got != c.want {
				t.Errorf("says\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestOptionsThatAreWrong(t *testing.T) {
	p := written(t, "port = 3000\n[api]\ncommand = \"x\"\nport = 4001\n")
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Upstreams: map[string]string{"api": "host"}}, "--upstream api=host: want NAME=HOST:PORT"},
		{Options{Upstreams: map[string]string{"api": "host:0"}}, "--upstream api=host:0: want NAME=HOST:PORT"},
		{Options{Upstreams: map[string]string{"api": "host:70000"}}, "--upstream api=host:70000: want NAME=HOST:PORT"},
		{Options{Upstreams: map[string]string{"api": "a b:80"}}, "--upstream api=a b:80: want NAME=HOST:PORT"},
		{Options{Upstreams: map[string]string{"api": "x;y:80"}}, "--upstream api=x;y:80: want NAME=HOST:PORT"},
		{Options{Upstreams: map[string]string{"static": "host:80"}}, "--upstream static: no backend has that name; there are api"},
		{Options{Dists: map[string]string{"apo": "dist"}}, "--dist apo: no backend has that name; there are api"},
	} {
		if _, err := New(p, nil, c.o); err == nil || err.Error() != c.want {
			t.Errorf("%+v: %v, want %s", c.o, err, c.want)
		}
	}
	if _, err := Find("traefik"); err == nil || err.Error() != "unknown target \"traefik\"\n  hint: there are paths, nginx, caddy, haproxy, compose, kubernetes, procfile" {
		t.Errorf("traefik: %v", err)
	}
}

// Where it is not known who gets all other paths, that is said: in routes, where the
// default is then a guess, and in a cascade, where a page would hide who comes after.
func TestADefaultThatNothingHasShownIsToldToBeAGuess(t *testing.T) {
	p := written(t, "port = 3000\n[web]\ncommand = \"y\"\nport = 4002\n[api]\ncommand = \"x\"\nport = 4001\n[admin]\ncommand = \"z\"\nport = 4003\n")
	early := []routes.Observation{got("/api/a", "api", "json", "web"), got("/api/b", "api", "json", "web")}
	m := model(t, p, early, Options{})
	text1 := text(t, m, "nginx", ByRoutes)
	for _, want := range []string{
		"#   everything else → admin (guess: no request has shown it)\n",
		"# not known: no request has shown who answers a path that no route is for: that admin does is a guess\n",
		"#   - open a page of the app, and one that does not exist, while devgate runs, and export again\n",
	} {
		if !strings.Contains(text1, want) {
			t.Errorf("no %q in\n%.900s", want, text1)
		}
	}
	if r := m.Report("nginx", text1); r.DefaultSeen || m.Unseen() == "" {
		t.Errorf("the report says that it was seen")
	}
	cascade := text(t, model(t, p, early, Options{}), "nginx", ByCascade)
	if want := "# not known: no request has shown who answers a path that nobody knows: if one does with a page, it hides all that are asked after it\n"; !strings.Contains(cascade, want) {
		t.Errorf("no %q in\n%.900s", want, cascade)
	}
	// A page that devgate has taken for one, or a path that all have refused, shows it.
	page := got("/about", "web", "html", "admin", "api")
	page.Strong, page.Page = false, true
	nobody := got("/nobody", "admin", "json", "api", "web")
	nobody.Strong, nobody.Status = false, 404
	some := got("/nobody", "admin", "json", "api")
	some.Strong = false
	for _, c := range []struct {
		more routes.Observation
		to   string
		seen bool
	}{{page, "web", true}, {nobody, "admin", true}, {some, "admin", false}} {
		m := model(t, p, append([]routes.Observation{c.more}, early...), Options{})
		if written := text(t, m, "nginx", ByRoutes); m.Default != c.to || m.Learned.DefaultSeen != c.seen || strings.Contains(written, "guess: no request") == c.seen {
			t.Errorf("%+v: default %s, seen %t\n%.900s", c.more, m.Default, m.Learned.DefaultSeen, written)
		}
	}
	// So does the Devgatefile.
	said := written(t, "port = 3000\n[web]\ncommand = \"y\"\nport = 4002\nspa = true\n[api]\ncommand = \"x\"\nport = 4001\n")
	if m := model(t, said, early, Options{}); m.Default != "web" || m.Unseen() != "" {
		t.Errorf("default %s, %s", m.Default, m.Unseen())
	}
}

// JSON says what the text was made from, with every list there.
func TestReport(t *testing.T) {
	m := model(t, load(t, shopDir), shopSeen(), Options{})
	paths := text(t, m, "paths", Auto)
	b, err := json.Marshal(m.Report("paths", paths))
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if r.Text != paths || r.Default != "web" || !r.DefaultSeen || r.Requests != 14 || r.Paths != 13 || len(r.Routes) != 10 || len(r.Differences) != 1 || r.Conflicts == nil {
		t.Errorf("report %s", b)
	}
	if first := r.Routes[0]; first.Backend != "docs" || !first.Declared || first.Guess || r.Routes[1].Seen != 1 || !r.Routes[1].Guess {
		t.Errorf("routes %+v", r.Routes)
	}
	empty, _ := json.Marshal(model(t, written(t, two), nil, Options{}).Report("procfile", ""))
	if strings.Contains(string(empty), "null") {
		t.Errorf("a list is null: %s", empty)
	}
	if to, _ := Find("caddy"); to != nil {
		if _, err := to.Write(model(t, written(t, two), nil, Options{}), Auto); !errors.Is(err, ErrNoRoutes) {
			t.Errorf("no routes: %v", err)
		}
	}
}
