//go:build e2e

package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// newUnwritten is a copy of an example that has no Devgatefile, with the packages of
// some of its folders.
func newUnwritten(t *testing.T, name string, packages ...string) *project {
	t.Helper()
	p := copyExample(t, name)
	p.env = append(p.env, "NEXT_TELEMETRY_DISABLED=1")
	for _, dir := range packages {
		if err := npmCI(p.path(dir)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// readmeFile is the Devgatefile that the README says init writes.
func (p *project) readmeFile() string {
	p.t.Helper()
	raw, err := os.ReadFile(p.path("README.md"))
	if err != nil {
		p.t.Fatal(err)
	}
	_, text, found := strings.Cut(string(raw), "```toml\n")
	text, _, closed := strings.Cut(text, "```\n")
	if !found || !closed {
		p.t.Fatal("the README has no Devgatefile")
	}
	return text
}

// unwritten is `devgate up` without a file: it says so first, takes ports of its own
// choosing, and writes nothing (I4).
func (p *project) unwritten(backends string) *gateway {
	p.t.Helper()
	g := p.up("--port", p.ports["GATEWAY"])
	g.awaitReady(backends)
	if first, _, _ := strings.Cut(g.out.String(), "\n"); first != "devgate: no Devgatefile: made one in memory (devgate init writes it)" {
		p.t.Errorf("the first line is %q", first)
	}
	if _, err := os.Stat(p.path("Devgatefile")); err == nil {
		p.t.Error("up has written a file")
	}
	return g
}

// initial runs init, and up with what it has written: the same project, on ports that
// nobody has here. The file is the one of the README (I1).
func (p *project) initial(ports map[string]string) *gateway {
	p.t.Helper()
	want := p.readmeFile()
	if got, _, _ := p.do("init", "--print"); got != want {
		p.t.Errorf("init would write\n%swant\n%s", got, want)
	}
	p.must("init")
	p.must("check")
	for own, name := range ports {
		p.replace("Devgatefile", "port = "+own, "port = "+p.ports[name])
	}
	text, err := os.ReadFile(p.path("Devgatefile"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.write("Devgatefile", "port = $GATEWAY\n"+string(text))
	g := p.up()
	g.out.await(p.t, `^devgate: ready http://localhost:`+p.ports["GATEWAY"])
	return g
}

// compiled waits for a page's first answer: what makes it may need its time on a busy
// machine, and a browser shall not wait for that.
func (g *gateway) compiled(path string) {
	g.t.Helper()
	client := http.Client{Timeout: 6 * patience}
	got, err := client.Get(g.url(path))
	if err != nil {
		g.t.Fatal(err)
	}
	got.Body.Close()
	if got.StatusCode != 200 {
		g.t.Fatalf("GET %s: %s", path, got.Status)
	}
}

// hotEdit saves an edit that the page in a browser shows without being loaded again.
func (g *gateway) hotEdit(b *tab, file, before, after string) {
	g.t.Helper()
	b.js(`globalThis.edited = "no reload"`)
	g.replace(file, before, after)
	b.awaitText(after)
	if b.js("globalThis.edited") != "no reload" {
		g.t.Errorf("the edit of %s has loaded the page again", file)
	}
}

// examples/vite-flask: Vite's proxy table is the cascade (I3).
func TestViteAndFlaskWithoutAFile(t *testing.T) {
	t.Parallel()
	p := newUnwritten(t, "vite-flask", "frontend")
	p.flaskIn("backend/.venv")
	g := p.unwritten("2 backends")
	g.with(t, navigation(), "GET", "/", 200, "frontend=200").contains(t, "/@vite/client")
	g.with(t, fetching(), "GET", "/api/books", 200, "backend=200").contains(t, "Middlemarch")
	g.with(t, navigation(), "GET", "/api/nobody", 404, "backend=404").contains(t, "Flask knows no such path")
	b := openTab(t)
	b.visit(g.url("/"))
	b.awaitText("good morning", "Middlemarch")
	g.hotEdit(b, "frontend/src/greeting.js", "good morning", "good evening")
	g.down()

	g = p.initial(map[string]string{"5000": "P1", "5173": "P2"})
	g.with(t, navigation(), "GET", "/any/page", 200, "frontend=200").contains(t, "/@vite/client")
	g.with(t, fetching(), "GET", "/api/books", 200, "backend=200").contains(t, "Bleak House")
	g.down()
}

// flaskIn makes the environment that the README makes by pip, of what is installed on
// this machine.
func (p *project) flaskIn(venv string) {
	p.t.Helper()
	flask, err := exec.LookPath("flask")
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.MkdirAll(p.path(venv+"/bin"), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Symlink(flask, p.path(venv+"/bin/flask")); err != nil {
		p.t.Fatal(err)
	}
}

// examples/next-go: Next's rewrites are the cascade, and the API is built.
func TestNextAndGoWithoutAFile(t *testing.T) {
	t.Parallel()
	p := newUnwritten(t, "next-go", "web")
	g := p.unwritten("2 backends")
	g.with(t, fetching(), "GET", "/api/stock", 200, "api=200").contains(t, "apples")
	if got := g.with(t, navigation(), "GET", "/api/nobody", 404, "api=404"); strings.Contains(string(got.body), "<html") {
		t.Errorf("the API's 404 is a page: %.300s", got.body)
	}
	g.compiled("/")
	b := openTab(t)
	b.visit(g.url("/"))
	b.awaitText("good morning", "apples")
	g.hotEdit(b, "web/app/page.js", "good morning", "good evening")
	p.replace("api/main.go", `"apples"`, `"quinces"`)
	eventually(t, "the edit of the API does not show", func() bool {
		return strings.Contains(string(g.with(t, fetching(), "GET", "/api/stock", 200, "api=200").body), "quinces")
	})
	g.down()

	g = p.initial(map[string]string{"8080": "P1", "3001": "P2"})
	g.compiled("/")
	g.with(t, navigation(), "GET", "/", 200, "web=200").contains(t, "good evening")
	g.with(t, fetching(), "GET", "/api/stock", 200, "api=200").contains(t, "quinces")
	g.down()
}

// examples/workspace: the dev script of the root is taken apart, and one front end is
// behind a path of the other.
func TestAWorkspaceOfThreeAppsWithoutAFile(t *testing.T) {
	t.Parallel()
	p := newUnwritten(t, "workspace", ".")
	g := p.unwritten("3 backends")
	g.with(t, fetching(), "GET", "/api/orders", 200, "api=200").contains(t, "biscuits")
	g.with(t, navigation(), "GET", "/api/nobody", 404, "api=404").contains(t, "the API knows no such path")
	b := openTab(t)
	for _, page := range []struct{ path, app string }{{"/", "shop"}, {"/admin/", "admin"}} {
		b.visit(g.url(page.path))
		b.awaitText("the "+page.app, "orders: tea, biscuits")
		g.hotEdit(b, "apps/"+page.app+"/src/heading.js", "the "+page.app, "the new "+page.app)
	}
	g.down()

	g = p.initial(map[string]string{"5174": "P1", "4000": "P2", "5173": "P3"})
	g.with(t, navigation(), "GET", "/admin/", 200, "admin=200").contains(t, "<title>admin</title>")
	g.with(t, navigation(), "GET", "/", 200, "shop=200").contains(t, "<title>shop</title>")
	g.down()
}

// examples/jobs: a Procfile.dev is started as it stands, Redis among its lines.
func TestAProcfileWithRedis(t *testing.T) {
	t.Parallel()
	p := newUnwritten(t, "jobs", ".")
	for _, name := range []string{"queue.js", "redis.conf", "README.md"} {
		p.replace(name, "6379", p.ports["P4"])
	}
	p.replace("Procfile.dev", "web: ", "web: PORT="+p.ports["P1"]+" ") // others may have 5100
	g := p.up("--port", p.ports["GATEWAY"])
	g.out.await(t, `^redis +\| .*Ready to accept connections`)
	g.out.await(t, `^worker +\| waits for jobs$`)
	g.out.await(t, `^web +\| listens on \d+$`)
	g.doAJob(t)
	if got := g.ask(t, request{method: "GET", path: "/nobody"}); got.status != 404 || !strings.Contains(string(got.body), "web has nothing here") {
		t.Errorf("GET /nobody: %d %s, tried %s", got.status, got.body, got.header.Get("X-Devgate-Tried"))
	}
	g.signal(syscall.SIGINT)

	p.replace("Procfile.dev", "PORT="+p.ports["P1"]+" ", "")
	g = p.initial(map[string]string{"5001": "P1"})
	g.out.await(t, `^redis +\* runs `)
	g.doAJob(t)
	g.down()
}

// doAJob gives web a job and waits until the worker has done it.
func (g *gateway) doAJob(t *testing.T) {
	t.Helper()
	var number string
	eventually(t, "web takes no job", func() bool {
		got := g.ask(t, request{method: "POST", path: "/jobs", body: []byte("hello there"), header: headers("Content-Type", "text/plain")})
		number = strings.TrimSpace(string(got.body))
		return got.status == 202 && regexp.MustCompile(`^\d+$`).MatchString(number)
	})
	eventually(t, "the job is not done", func() bool {
		got := g.ask(t, request{method: "GET", path: "/jobs/" + number})
		return got.status == 200 && string(got.body) == "HELLO THERE\n"
	})
}
