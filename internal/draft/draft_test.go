package draft

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"devgate/internal/detect/found"
)

func TestPatterns(t *testing.T) {
	for _, test := range []struct {
		form found.PatternForm
		path string
		want string // patterns with blanks between them; "?": cannot be written
	}{
		{found.Prefix, "/api", "/api*"},
		{found.Prefix, "/api/", "/api/*"},
		{found.Prefix, "/", ""},
		{found.Prefix, "/a?b", "?"},
		{found.Prefix, "api", "?"},
		{found.Glob, "/api/*", "/api/*"},
		{found.Glob, "/api/**", "/api/*"},
		{found.Glob, "/api*", "/api*"},
		{found.Glob, "/a/*/b", "/a/*/b"},
		{found.Glob, "/a/x*/b", "?"},
		{found.Glob, "/a/**/b", "?"},
		{found.Glob, "/*", ""},
		{found.Glob, "/**", ""},
		{found.Glob, "/health", "/health"},
		{found.Regex, "^/api", "/api*"},
		{found.Regex, "^/api/", "/api/*"},
		{found.Regex, "^/api/.*", "/api/*"},
		{found.Regex, "^/api(/.*)?$", "/api*"},
		{found.Regex, "^/api$", "/api"},
		{found.Regex, "^/(auth|rest)/.*", "/auth/* /rest/*"},
		{found.Regex, "^/(?:a|b)$", "/a /b"},
		{found.Regex, `^\/v1\/x`, "/v1/x*"},
		{found.Regex, "^/memos.api.v1", "/memos.api.v1*"},
		{found.Regex, "^/[a-z]+", "?"},
		{found.Regex, "^/(a|b(c|d))", "?"},
		{found.Regex, "^/(?!api)", "?"},
		{found.Regex, "^/.*", ""},
		{found.Unknown, "/api", "?"},
	} {
		got := "?"
		if all, ok := patterns(test.form, test.path); ok {
			got = strings.Join(all, " ")
		}
		if got != test.want {
			t.Errorf("%d %s: got %q, want %q", test.form, test.path, got, test.want)
		}
	}
}

func TestCoveredPatternsGo(t *testing.T) {
	got := uncovered([]string{"/api/v1*", "/api*", "/api*", "/apis", "/x/*", "/x", "/a/*/b*"})
	if want := "[/api* /x/* /x /a/*/b*]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// server is a service of a kind on a port; one that ends in "!" cannot move.
func server(name string, kind found.Kind, port int) *found.Service {
	s := &found.Service{Dir: ".", Kind: kind, Port: found.Port{Number: port}, Command: "run"}
	name, fixed := strings.CutSuffix(name, "!")
	if !fixed {
		s.Moved = "run --port " + found.PortMark
	}
	s.Name = name
	return s
}

// outline is a plan in short: the gateway's port, and each service's.
func outline(p *Plan) string {
	all := []string{fmt.Sprint(p.Port)}
	for _, s := range p.Services {
		port := fmt.Sprint(s.Port)
		if s.Auto {
			port = "auto"
		}
		all = append(all, s.Name+" "+port)
	}
	for _, s := range p.Parked {
		all = append(all, "# "+s.Name)
	}
	return strings.Join(all, ", ")
}

func TestPortsAndOrder(t *testing.T) {
	page, site, api, app, assets, worker, rpc := found.Page, found.Site, found.API, found.App, found.Assets, found.Worker, found.RPC
	for _, test := range []struct {
		name     string
		services []*found.Service
		origins  []found.Origin
		want     string
	}{
		{"the front end moves for the gateway", []*found.Service{server("web", site, 3000)}, nil, "3000, web 3001"},
		{"past a port that another wants", []*found.Service{server("web", site, 3000), server("b", api, 3001)}, nil, "3000, web 3002, b 3001"},
		{"the front end moves, not the server", []*found.Service{server("web", page, 8080), server("api", api, 8080)}, nil, "3000, web 8081, api 8080"},
		{"front ends come before servers without paths", []*found.Service{server("api", api, 4001), server("web", page, 4002)}, nil, "3000, web 4002, api 4001"},
		{"gRPC comes last, workers behind", []*found.Service{server("w", worker, 0), server("g", rpc, 4001), server("a", api, 4002)}, nil, "3000, a 4002, g 4001, w 0"},
		{"a fixed owner of 3000 has the gateway move to its front end's", []*found.Service{server("app", app, 8000), server("vite!", assets, 3000)}, nil, "8000, app 8001, vite 0"},
		{"a fixed front end on 3000", []*found.Service{server("web!", app, 3000)}, nil, "3001, web 3000"},
		{"an origin that a server allows", []*found.Service{server("web", page, 5173), server("api", api, 8000)}, []found.Origin{{Port: 5173, File: "config.py"}}, "5173, web 5174, api 8000"},
		{"an origin that somebody else has", []*found.Service{server("web", page, 5173), server("api!", api, 5173)}, []found.Origin{{Port: 5173, File: "config.py"}}, "3000, web 5174, api 5173"},
		{"two that cannot move", []*found.Service{server("a!", api, 4000), server("b!", api, 4000)}, nil, "3000, a 4000, # b"},
		{"a port that browsers refuse", []*found.Service{server("a", api, 6000), server("b!", api, 6665)}, nil, "3000, a 6001, # b"},
		{"no port anywhere", []*found.Service{server("a", api, 0), server("b!", api, 0)}, nil, "3000, a 3001, # b"},
		{"the last port", []*found.Service{server("a", api, 65535), server("b", api, 65535)}, nil, "3000, a 3001, b 65535"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Make(&found.Findings{Services: test.services, Origins: test.origins}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := outline(p); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestPortsOfDevgatesOwnChoosing(t *testing.T) {
	tied, pinned := server("js", found.Page, 4533), server("api", found.API, 4000)
	tied.Tied = true
	f := &found.Findings{
		Services: []*found.Service{server("web", found.Site, 3000), tied, pinned, server("old!", found.App, 4001)},
		Routes:   []found.Route{{File: "vite.config.ts", By: tied, Path: "/api", Target: found.Target{Port: 4000}, Rewrite: true}},
	}
	p, err := Make(f, Options{Auto: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outline(p), "3000, web auto, js 4533, old 4001, api 4000"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNames(t *testing.T) {
	named := func(name, hint, dir, program string, kind found.Kind) *found.Service {
		return &found.Service{Name: name, Hint: hint, Dir: dir, Program: program, Kind: kind, Command: "x", Moved: "x", Port: found.Port{Number: 1}}
	}
	for _, test := range []struct {
		services []*found.Service
		want     string
	}{
		{[]*found.Service{named("", "", ".", "", found.Page)}, "web"},
		{[]*found.Service{named("", "", ".", "", found.API)}, "app"},
		{[]*found.Service{named("", "", ".", "", found.API), named("", "", "ui", "", found.Page)}, "api ui"},
		{[]*found.Service{named("JS", "x", "ui", "", found.Page)}, "js"},
		{[]*found.Service{named("", "backend", "src/server", "", found.API)}, "backend"},
		{[]*found.Service{named("", "", "apps/web", "", found.Page), named("", "", "services/web", "", found.API)}, "web services-web"},
		{[]*found.Service{named("", "", "cmd/a", "", found.API), named("", "", "x", "", found.API), named("x", "", ".", "", found.Worker)}, "a x-2 x"},
		{[]*found.Service{named("env", "", ".", "", found.API), named("port", "", ".", "", found.API)}, "env-app port-app"},
		{[]*found.Service{named("a_b", "", ".", "", found.API), named("a-b", "", ".", "", found.API)}, "a_b a-b-2"},
		{[]*found.Service{named("Größe 1!", "", ".", "", found.API)}, "gr--e-1"},
		{[]*found.Service{named("!!!", "", ".", "", found.API)}, "app"},
		{[]*found.Service{named(strings.Repeat("x", 100), "", ".", "", found.API)}, strings.Repeat("x", maxName)},
		{[]*found.Service{named("", "", ".", "shop-api", found.API), named("", "", ".", "shop-web", found.API), named("", "", "shop-mail", "", found.API)}, "api web mail"},
	} {
		p := &planner{Plan: &Plan{}, of: map[*found.Service]*Service{}}
		var got []string
		for _, s := range test.services {
			p.services = append(p.services, &Service{Service: s})
		}
		p.name()
		for _, s := range p.services {
			got = append(got, s.Name)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestNobodyWaitsInACircle(t *testing.T) {
	a, b, c := server("a", found.API, 1), server("b", found.API, 2), server("c", found.API, 3)
	a.After, b.After, c.After = []*found.Service{b}, []*found.Service{c}, []*found.Service{a, c}
	gone := server("gone!", found.API, 0)
	a.After = append(a.After, gone)
	p, err := Make(&found.Findings{Services: []*found.Service{a, b, c, gone}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range p.Services {
		got = append(got, s.Name+" "+strings.Join(s.After, ","))
	}
	if want := "a b; b c; c "; strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
}

func TestAddressesGoThroughTheGateway(t *testing.T) {
	web, api := server("web", found.Page, 5173), server("api", found.API, 8000)
	address := func(name, value string, port int) found.Address {
		return found.Address{By: web, Name: name, Value: value, Port: port, File: "web/.env", Public: true}
	}
	p, err := Make(&found.Findings{Services: []*found.Service{web, api}, Addresses: []found.Address{
		address("A", "http://localhost:8000/api/v1?x=1", 8000), address("B", "wss://127.0.0.1:8000/ws", 8000),
		address("C", "http://localhost:9999", 9999), address("D", "http://localhost:3000", 3000), address("E", "http://localhost:8000/${X}", 8000),
		address("F", "http://localhost:5173", 5173),
	}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	memory, err := Make(&found.Findings{Services: []*found.Service{web, api}, Addresses: []found.Address{address("A", "http://localhost:8000/api", 8000)}}, Options{Auto: true})
	if got := memory.Services[0].Env[0].Value; err != nil || got != "http://localhost:\x00gateway.port\x00/api" {
		t.Errorf("in memory: %q, %v", got, err)
	}
	got := fmt.Sprint(p.Services[0].Env)
	want := "[{A http://localhost:3000/api/v1?x=1 web/.env says http://localhost:8000/api/v1?x=1} {B ws://localhost:3000/ws web/.env says wss://127.0.0.1:8000/ws} {F http://localhost:3000 web/.env says http://localhost:5173}]"
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestAddressesOfServersFollowThem(t *testing.T) {
	web, api := server("web", found.Site, 3000), server("api", found.API, 8000)
	f := &found.Findings{Services: []*found.Service{web, api}, Addresses: []found.Address{
		{By: web, Name: "API_URL", Value: "http://localhost:8000/v1", Port: 8000, File: "web/.env"},
		{By: web, Name: "SELF", Value: "http://localhost:3000", Port: 3000, File: "web/.env"},
		{By: web, Name: "SECURE", Value: "https://localhost:8000", Port: 8000, File: "web/.env"},
		{By: web, Name: "TWO", Value: "http://localhost:8000,http://localhost:8001", Port: 8000, File: "web/.env"},
	}}
	for auto, want := range map[bool]string{false: "[]", true: "[{API_URL \x00api.url\x00/v1 web/.env says http://localhost:8000/v1}]"} {
		p, err := Make(f, Options{Auto: auto})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p.Services[0].Env); got != want {
			t.Errorf("auto %v: got %q, want %q", auto, got, want)
		}
	}
}

func TestProxiesThatCannotBeFollowed(t *testing.T) {
	web, api := server("web", found.Page, 5173), server("api", found.API, 8000)
	route := func(path string, form found.PatternForm, target found.Target) found.Route {
		return found.Route{File: "vite.config.ts", By: web, Path: path, Form: form, Target: target}
	}
	p, err := Make(&found.Findings{Services: []*found.Service{web, api}, Routes: []found.Route{
		route("/far", found.Prefix, found.Target{Remote: "https://api.example.test"}),
		route("/gone", found.Prefix, found.Target{Port: 9999, Host: "elsewhere"}),
		route("^/[a-z]+", found.Regex, found.Target{Port: 8000}),
		route("/own", found.Prefix, found.Target{Port: 5173}),
		route("/ok", found.Prefix, found.Target{Port: 8000}),
	}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"vite.config.ts sends /far to https://api.example.test: nothing is started for it",
		"vite.config.ts sends /gone to port 9999: no server for it was found here",
		"vite.config.ts: the path ^/[a-z]+ cannot be written as a pattern; its proxy stays in between",
	}
	if fmt.Sprint(p.Said) != fmt.Sprint(want) {
		t.Errorf("said %q\nwant %q", p.Said, want)
	}
	if s := p.Services[0]; s.Name != "api" || fmt.Sprint(s.Paths) != "[/ok*]" || !s.Final {
		t.Errorf("first is %s with %v", s.Name, s.Paths)
	}
}

func TestAirPlayIsToldOnMacOS(t *testing.T) {
	for _, mac := range []bool{true, false} {
		p, err := Make(&found.Findings{Services: []*found.Service{server("api", found.API, 5000)}}, Options{Mac: mac})
		if err != nil {
			t.Fatal(err)
		}
		if told := strings.Contains(fmt.Sprint(p.Said), "AirPlay"); told != mac {
			t.Errorf("mac %v: said %q", mac, p.Said)
		}
	}
}

// What Windows keeps for itself is no port for the gateway, and for no service that can have
// another.
func TestReservedPortsAreNotChosen(t *testing.T) {
	reserved := func(port int) bool { return 2950 <= port && port <= 3049 || port == 5173 }
	web := server("web", found.Page, 5173)
	web.Moved = "--port {port}"
	p, err := Make(&found.Findings{Services: []*found.Service{web, server("api", found.API, 4001)}}, Options{Reserved: reserved})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%d: %s;", p.Port, p.PortReason)
	for _, s := range p.Services {
		got += fmt.Sprintf(" %s %d: %s;", s.Name, s.Port, s.PortReason)
	}
	if want := "3050: Windows has reserved 3000; web 5174: Windows has reserved 5173; api 4001: ;"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestNothingToStart(t *testing.T) {
	worker := server("w", found.Worker, 0)
	worker.From = "Procfile.dev"
	plan, err := Make(&found.Findings{Services: []*found.Service{worker}}, Options{})
	want := "Procfile.dev starts w: nothing there shows who answers HTTP, and at which port"
	if !errors.Is(err, ErrNothing) || !slices.Equal(plan.Said, []string{want}) {
		t.Errorf("got %v, said %q", err, plan.Said)
	}
	_, err = Make(&found.Findings{Services: []*found.Service{server("a", found.API, 1)}, Collection: true}, Options{})
	if !errors.Is(err, ErrCollection) {
		t.Errorf("got %v", err)
	}
}

// TestAPlanOfCommentsIsNone: where no server can run as it is, nothing is written, and
// what was found is told with the reason.
func TestAPlanOfCommentsIsNone(t *testing.T) {
	plan, err := Make(&found.Findings{Services: []*found.Service{server("a!", found.API, 6000)}}, Options{})
	if !errors.Is(err, ErrNothing) || len(plan.Services)+len(plan.Parked)+len(plan.Said) > 0 {
		t.Fatalf("%v: %s", err, outline(plan))
	}
	if len(plan.Skipped) != 1 || plan.Skipped[0].Why != "browsers refuse port 6000, and it has no other" {
		t.Errorf("skipped: %+v", plan.Skipped)
	}
}

func TestContainersAreToldWhereThereIsNothingElse(t *testing.T) {
	search := &found.Service{Name: "search", Kind: found.API, URL: "http://localhost:9200"}
	f := &found.Findings{Compose: []found.Compose{{File: "compose.yml", Remotes: []*found.Service{search}}}}
	plan, err := Make(f, Options{})
	want := "compose.yml starts search in containers: devgate init --compose puts them behind the gateway"
	if !errors.Is(err, ErrNothing) || len(plan.Said) != 1 || plan.Said[0] != want {
		t.Errorf("%v, said %q", err, plan.Said)
	}
	if plan, err := Make(f, Options{Compose: true}); err != nil || len(plan.Services) != 1 {
		t.Errorf("with compose: %v, %+v", err, plan)
	}
}
