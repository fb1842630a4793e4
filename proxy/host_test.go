package proxy

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"devgate/internal/oserr"
	"devgate/proxy/ingress"
)

// G14: a refusal says how to allow the host, for upgrades too.
func TestRefusedHost(t *testing.T) {
	b := backend(t, "b", answers(200, ""))
	g := gateway(t, Config{}, b)
	got := g.get("/", "Host", "shop.test:3000")
	if got.status != 403 || got.header.Get("X-Devgate-Error") != "host" || !strings.Contains(got.body, `hosts = [\"shop.test\"]`) {
		t.Errorf("%+v", got)
	}
	out := g.raw("GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(out, "HTTP/1.1 403 ") || len(b.requests()) != 1 {
		t.Errorf("%q, %q", out, b.requests())
	}
}

// G14: a gateway that others reach answers to the machine's own names.
func TestMachineNames(t *testing.T) {
	g := New(Config{})
	if err := g.Listen("0.0.0.0", 0); err != nil {
		t.Fatal(err)
	}
	defer ingress.Close(g.listeners)
	name, _ := os.Hostname()
	if !g.chain.Load().hosts.Allowed(name) || g.chain.Load().hosts.Allowed("evil.test") {
		t.Error(name)
	}
	if g.URL() != fmt.Sprintf("http://localhost:%d", g.Port()) {
		t.Error(g.URL())
	}
}

// Listen opens both families at one port, and says what is in the way.
func TestListen(t *testing.T) {
	g := gateway(t, Config{}, backend(t, "a", answers(200, "")))
	for _, host := range []string{"127.0.0.1", "::1"} {
		nc, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(g.Port())))
		if err != nil {
			t.Fatal(err)
		}
		nc.Close()
	}
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		err = New(Config{}).Listen("localhost", l.Addr().(*net.TCPAddr).Port)
		var le *ingress.Error
		if !errors.As(err, &le) || le.Host != host || !oserr.AddrInUse.In(err) {
			t.Errorf("%v", err)
		}
	}
}

// A new configuration counts for new requests; what stays keeps its state.
func TestReconfigure(t *testing.T) {
	a, b := backend(t, "a", answers(200, "a")), backend(t, "b", answers(200, "b"))
	g := gateway(t, Config{}, a)
	g.get("/")
	if err := g.Reconfigure(Config{Backends: []Backend{b.Backend, a.Backend}}); err != nil {
		t.Fatal(err)
	}
	g.SetState("b", State{Phase: Absent})
	if got := g.get("/"); got.body != "a" {
		t.Errorf("a lost its state: %+v", got)
	}
	g.SetState("b", State{Phase: Ready})
	if got := g.get("/"); got.body != "b" {
		t.Errorf("%+v", got)
	}
	if err := g.Reconfigure(Config{Backends: []Backend{a.Backend, {Name: "A", Port: 1}}}); err == nil {
		t.Error("two backends of one name")
	}
}

// The static folder: after every backend, for GET and HEAD, and nothing outside.
func TestStatic(t *testing.T) {
	dir := t.TempDir()
	public := filepath.Join(dir, "public")
	write := func(name, content string) {
		name = filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("secret.txt", "secret")
	write("public/index.html", "home")
	write("public/docs/index.html", "docs")
	write("public/empty/x.txt", "x")
	write("public/.env", "secret")
	write("public/.well-known/security.txt", "who to tell")
	write("public/.well-known/.env", "secret")
	write("public/a/.well-known/x", "secret")
	write("public/.git/config", "secret")
	write("public/a b.css", "p{}")
	link(t, "../secret.txt", filepath.Join(public, "out"))
	within := map[bool]string{true: "200 docs", false: "404 no"}[link(t, "docs", filepath.Join(public, "in"))]
	makePipe(t, filepath.Join(public, "fifo"))
	g := gateway(t, Config{Static: public}, backend(t, "a", answers(404, "no")))
	for target, want := range map[string]string{
		"/": "200 home", "/index.html": "200 home", "/docs/": "200 docs", "/docs": "301 ./docs/", "/docs?q=1": "301 ./docs/?q=1",
		"/in/": within, "/a%20b.css": "200 p{}", "//docs/": "200 docs", "//evil.test/..": "404 no", "//docs": "301 ./docs/",
		"/empty/": "404 no", "/empty": "404 no", "/x": "404 no", "/.env": "404 no", "/.well-known/security.txt": "200 who to tell", "/.well-known/.env": "404 no", "/a/.well-known/x": "404 no", "/.git/config": "404 no", "/out": "404 no",
		"/../secret.txt": "404 no", "/%2e%2e/secret.txt": "404 no", "/docs/..%2f..%2fsecret.txt": "404 no", "/fifo": "404 no",
		"/index.html/": "404 no", "/docs%00": "404 no",
	} {
		out := g.raw("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		head, body, _ := strings.Cut(out, "\r\n\r\n")
		if _, to, ok := strings.Cut(head, "Location: "); ok {
			body, _, _ = strings.Cut(to, "\r\n")
		}
		if got := head[9:12] + " " + body; got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
	if got := g.post("/", ""); got.status != 404 {
		t.Errorf("POST: %+v", got)
	}
	if got := g.do(g.request("HEAD", "/", nil)); got.status != 200 || got.header.Get("Content-Length") != "4" {
		t.Errorf("HEAD: %+v", got)
	}
	got := g.get("/", "Range", "bytes=1-2")
	if got.status != 206 || got.body != "om" || got.header.Get("X-Devgate-Backend") != "static" || got.header.Get("X-Devgate-Tried") != "a=404, static=206" {
		t.Errorf("%+v", got)
	}
	if again := g.get("/", "If-None-Match", got.header.Get("Etag")); again.status != 304 {
		t.Errorf("%+v", again)
	}
	os.Rename(public, public+"2")
	write("public/index.html", "built again")
	if got := g.get("/"); got.body != "built again" {
		t.Errorf("%+v", got)
	}
}
