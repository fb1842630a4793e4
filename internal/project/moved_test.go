package project

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"

	"devgate/internal/testport"
)

const shop = `
port = 3000
dashboard = 3999
[api]
command = "api --port {port} --web {web.url} --app {gateway.url}"
port = 4001
build = "make {api.port}"
env = { SELF = "http://localhost:{port}" }
[web]
command = "web"
port = "auto"
[worker]
command = "work"
[far]
url = "http://localhost:4005"
`

// K1: every port moves, and whatever speaks of one follows.
func TestEveryPortMovesToTheBlock(t *testing.T) {
	p := mustLoad(t, Options{Dir: write(t, "Devgatefile", shop)})
	first := testport.One(t)
	moved, err := p.MovedTo(first, "login", Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := strconv.Itoa
	api := moved.Service("api")
	if moved.Port != first || moved.DashboardPort != first+1 || api.Port < first+2 || moved.Service("web").Port <= api.Port {
		t.Errorf("gateway %d, dashboard %d, api %d, web %d in the block from %d", moved.Port, moved.DashboardPort, api.Port, moved.Service("web").Port, first)
	}
	if moved.URL != "http://localhost:"+n(first) || moved.Alias() != "http://login.localhost:"+n(first) || p.Alias() != "" {
		t.Errorf("it is at %s and %s", moved.URL, moved.Alias())
	}
	want := fmt.Sprintf("exec api --port %d --web http://localhost:%d --app http://localhost:%d", api.Port, moved.Service("web").Port, first)
	if got := api.Command[2]; got != want || api.Build[2] != "exec make "+n(api.Port) {
		t.Errorf("commands %q and %q, want %q", got, api.Build, want)
	}
	for name, want := range map[string]string{
		"PORT": n(api.Port), "SELF": "http://localhost:" + n(api.Port), "DEVGATE_URL": moved.URL, "DEVGATE_API_PORT": n(api.Port),
		"DEVGATE_WEB_URL": "http://localhost:" + n(moved.Service("web").Port), "DEVGATE_FAR_URL": "http://localhost:4005",
	} {
		if got := value(api.Env, name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if worker := moved.Service("worker"); worker.Port != 0 || value(worker.Env, "DEVGATE_API_PORT") != n(api.Port) {
		t.Errorf("the worker has port %d, and %q", worker.Port, worker.Env)
	}
	if p.Port != 3000 || p.Service("api").Port != 4001 || p.Moved() {
		t.Error("the project itself has changed")
	}
	if got := p.BlockSize(); got != 4 {
		t.Errorf("a block of %d", got)
	}
	if got := moved.Ports(); !slices.Equal(got, []int{first, first + 1, api.Port, moved.Service("web").Port}) {
		t.Errorf("it has %v", got)
	}
}

// A port of the gateway from the command line stays.
func TestAPortOfTheCommandLineDoesNotMove(t *testing.T) {
	o := Options{Dir: write(t, "Devgatefile", shop), Port: 3456}
	p := mustLoad(t, o)
	moved, err := p.MovedTo(testport.One(t), "x", o)
	if err != nil {
		t.Fatal(err)
	}
	if moved.Port != 3456 || moved.Service("api").Port == 4001 {
		t.Errorf("gateway %d, api %d", moved.Port, moved.Service("api").Port)
	}
	if got := p.Wanted(o); !slices.Equal(got, []int{3999, 4001}) {
		t.Errorf("it wants %v", got)
	}
}

// F4: a reload keeps the block and every port in it; a new service gets another one.
func TestAReloadKeepsTheBlock(t *testing.T) {
	dir := write(t, "Devgatefile", shop)
	moved, err := mustLoad(t, Options{Dir: dir}).MovedTo(testport.One(t), "login", Options{})
	if err != nil {
		t.Fatal(err)
	}
	ports := map[string]int{"api": moved.Service("api").Port, "web": moved.Service("web").Port}
	more := write(t, "Devgatefile", "[new]\ncommand = 'x'\nport = 4002\n"+strings.Replace(shop, "port = 3000\ndashboard = 3999\n", "", 1)+"[Login]\ncommand = 'x'\n")
	again := mustLoad(t, Options{Dir: more, Block: moved.Block, Label: moved.Label, Ports: ports})
	if again.Port != moved.Port || again.Service("api").Port != ports["api"] || again.Service("web").Port != ports["web"] {
		t.Errorf("gateway %d, api %d, web %d; before %d, %v", again.Port, again.Service("api").Port, again.Service("web").Port, moved.Port, ports)
	}
	if n := again.Service("new").Port; n <= moved.Block || slices.Contains(moved.Ports(), n) {
		t.Errorf("the new one has %d", n)
	}
	if again.Label != "login-checkout" {
		t.Errorf("it is named %s, as a service", again.Label)
	}
}

// What somebody else has in the block is left out.
func TestAServiceDoesNotGetABusyPortOfTheBlock(t *testing.T) {
	first := testport.One(t)
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(first+2))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	moved, err := mustLoad(t, Options{Dir: write(t, "Devgatefile", shop)}).MovedTo(first, "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := moved.Service("api").Port; got <= first+2 {
		t.Errorf("api has %d", got)
	}
}

// Where a line of a Procfile says PORT=n the number goes along.
func TestALineOfAProcfileMoves(t *testing.T) {
	dir := write(t, "Procfile", "api: A=1 PORT=4001 ./api\nweb: ./web -p 4002\nnext: PORT=$OTHER ./next\n")
	t.Chdir(dir)
	p := mustLoad(t, Options{File: "Procfile", Dir: dir})
	moved, err := p.MovedTo(testport.One(t), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	api := moved.Service("api")
	if got, want := api.Command[2], "A=1 PORT="+strconv.Itoa(api.Port)+" ./api"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := moved.Service("next").Command[2]; got != "PORT=$OTHER ./next" {
		t.Errorf("%q", got)
	}
	if notes := moved.Notes(); len(notes) != 1 || !strings.HasPrefix(notes[0].Error(), "Procfile:2:12: web: port 4002 is written as a number, but here web is on ") || notes[0].Hint != "write $PORT" {
		t.Errorf("notes %q", notes)
	}
}

// K1: each place where a moved port is written as a number is named, and none that
// follows, or is something else. No value of an env file is shown.
func TestNumbersThatHaveMovedAreNamed(t *testing.T) {
	dir := write(t, ".env", "API=http://user:secret@localhost:4001/x\nFINE=http://localhost:${DEVGATE_API_PORT}\nOTHER=http://localhost:9999\n", "Devgatefile", `
port = 3000
dashboard = 3999
[env]
ADMIN = "http://127.0.0.1:3999/"
[api]
command = "api --port 4001 --timeout 3000"
port = 4001
build = ["make", "URL=http://localhost:3000"]
env = { WEB_PORT = "5173", SELF = "localhost:{port}" }
[web]
command = "web --port {port} --api localhost:4001 --db localhost:5432"
port = 5173
ready = { exec = "curl localhost:{port} localhost:3000" }
[docs]
command = "python3 -m http.server 8000 --timeout 5173 --dir 80000"
port = 8000
`)
	p := mustLoad(t, Options{Dir: dir})
	if notes := p.stale(); notes != nil {
		t.Errorf("nothing has moved: %v", notes)
	}
	moved, err := p.MovedTo(testport.One(t), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, note := range moved.Notes() {
		if !strings.Contains(note.Msg, "no effect") {
			fmt.Fprintf(&got, "%v %s (%s)\n", note.Pos, note.Msg, note.Hint)
		}
	}
	is := func(name string) string {
		return "is written as a number, but here " + article(name) + " is on " + strconv.Itoa(moved.portOf(name))
	}
	want := "7:16 api: port 4001 " + is("api") + " (write {port})\n" +
		"9:19 api: port 3000 " + is("gateway") + " (write {gateway.port} or {gateway.url})\n" +
		"10:21 api: WEB_PORT: port 5173 " + is("web") + " (write {web.port} or {web.url})\n" +
		"12:36 web: port 4001 " + is("api") + " (write {api.port} or {api.url})\n" +
		"14:41 web: port 3000 " + is("gateway") + " (write {gateway.port} or {gateway.url})\n" +
		"16:35 docs: port 8000 " + is("docs") + " (write {port})\n" +
		"4:1 ADMIN: port 3999 " + is("the dashboard") + " ()\n" +
		" API: port 4001 " + is("api") + " (write ${DEVGATE_API_PORT})\n"
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}
