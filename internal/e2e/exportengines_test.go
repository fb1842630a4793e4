//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/testport"
)

// engine is a real program that serves what devgate export wrote for it.
type engine struct {
	name  string
	port  int
	check []string // says whether the file is good
	run   []string
}

// engines are the three, with the file that was written and where it is to listen.
func engineOf(t *testing.T, name, file string) *engine {
	t.Helper()
	e := &engine{name: name, port: testport.One(t)}
	dir := t.TempDir()
	text := read(t, file)
	port := strconv.Itoa(e.port)
	conf := filepath.Join(dir, "conf")
	switch name {
	case "nginx":
		text = fmt.Sprintf("daemon off; master_process off; pid %s/pid; error_log %s/error.log;\nevents {}\nhttp {\naccess_log off; client_body_temp_path %s/body; proxy_temp_path %s/proxy;\n",
			dir, dir, dir, dir) + strings.Replace(text, "listen 80;", "listen 127.0.0.1:"+port+";", 1) + "}\n"
		e.check, e.run = []string{"nginx", "-t", "-c", conf, "-p", dir}, []string{"nginx", "-c", conf, "-p", dir}
	case "caddy":
		text = "{\n\tadmin off\n\tauto_https off\n}\n" + strings.Replace(text, ":80 {", "http://:"+port+" {\n\tbind 127.0.0.1", 1)
		e.check, e.run = []string{"caddy", "validate", "--adapter", "caddyfile", "--config", conf}, []string{"caddy", "run", "--adapter", "caddyfile", "--config", conf}
	case "haproxy":
		text = strings.Replace(text, "bind :80", "bind 127.0.0.1:"+port, 1)
		e.check, e.run = []string{"haproxy", "-c", "-f", conf}, []string{"haproxy", "-db", "-f", conf}
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return e
}

// start has the engine check its file, and serve it until the test ends.
func (e *engine) start(t *testing.T) {
	t.Helper()
	if out, err := exec.Command(e.check[0], e.check[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%s refuses what was written for it: %v\n%s", e.name, err, out)
	}
	var out transcript
	cmd := exec.Command(e.run[0], e.run[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &out, patience/4
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end(cmd)
		if t.Failed() {
			t.Logf("%s:\n%s", e.name, shortened(out.String()))
		}
	})
	eventually(t, e.name+" does not listen", func() bool {
		c, err := net.Dial("tcp", e.address())
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// end ends a program, whatever it waits for: an engine lets connections end by
// themselves, Caddy without a limit.
func end(cmd *exec.Cmd) {
	cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(patience/4, func() { cmd.Process.Kill() })
	defer kill.Stop()
	cmd.Wait()
}

func (e *engine) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(e.port)) }

// engineProject is a front end, two APIs and a folder, and what people ask of them.
func engineProject(t *testing.T) *project {
	p := emptyProject(t)
	if err := os.CopyFS(p.dir, os.DirFS("testdata/engines")); err != nil {
		t.Fatal(err)
	}
	p.write("public/robots.txt", "User-agent: *\n")
	p.write("public/img/logo.svg", "<svg/>")
	p.write("public/docs/index.html", "the docs")
	p.write("public/.well-known/security.txt", "Contact: us")
	p.write("public/.hidden/x", "secret")
	p.write("Devgatefile", `
port = $GATEWAY
static = "public"
# order
[web]
command = "node server.js web / page"
port = $P1
# web
[api]
command = "node server.js api /api/ /healthz /teams/7/members /teams/8/members /cart-items /a+b \"/o'brien\" \"/who(me)\""
port = $P2
# api
[admin]
command = "node server.js admin /admin/ /teams/7/billing /teams/8/billing"
port = $P3
# admin
`)
	return p
}

// engineLog is what people ask.
var engineLog = []request{
	{method: "GET", path: "/api/users/1"}, {method: "GET", path: "/api/users/2?q=%2F/x"}, {method: "GET", path: "/api/orders"},
	{method: "DELETE", path: "/api/users/1"}, {method: "POST", path: "/api/items", body: []byte("7 bytes")}, {method: "GET", path: "/healthz"},
	{method: "GET", path: "/admin/users"}, {method: "GET", path: "/admin/flags"}, {method: "PUT", path: "/admin/flags/x", body: []byte("on")},
	{method: "GET", path: "/teams/7/billing"}, {method: "GET", path: "/teams/8/billing"}, {method: "GET", path: "/teams/7/members"}, {method: "GET", path: "/teams/8/members"},
	{method: "POST", path: "/cart-items", body: []byte("x")}, {method: "GET", path: "/"}, {method: "GET", path: "/about"}, {method: "GET", path: "/robots.txt"},
	{method: "GET", path: "/a+b"}, {method: "GET", path: "/o'brien"}, {method: "GET", path: "/who(me)"},
	{method: "GET", path: "/docs/"}, {method: "GET", path: "/docs"}, {method: "GET", path: "/.well-known/security.txt"}, {method: "HEAD", path: "/api/orders"}, {method: "GET", path: "/img/logo.svg"},
}

// nearMisses are paths beside those that have a route.
func nearMisses() (all []request) {
	for _, p := range []string{"/api", "/admin", "/healthz", "/teams", "/teams/7/billing", "/robots.txt", "/img"} {
		for _, path := range []string{p + "/", p + "x", p + "/x?y=/z", p + "%2Fx", "/" + p, strings.ToUpper(p), p + "//x", p + ";x", p + "/a/../b", p + "/50%25", p + "?/api/"} {
			all = append(all, request{method: "GET", path: path})
		}
		all = append(all, request{method: "GET", path: p}, request{method: "POST", path: p + "/x", body: []byte("b")})
	}
	for _, path := range []string{"/a%2Bb", "/a%2bb", "/aab", "/a-b", "/o%27brien", "/obrien", "/who%28me%29", "/whome", "/who(me)x"} {
		all = append(all, request{method: "GET", path: path})
	}
	return append(all, request{method: "GET", path: "/about"}, request{method: "GET", path: "/public/robots.txt"}, request{method: "POST", path: "/robots.txt", body: []byte("x")},
		request{method: "GET", path: "/.env"}, request{method: "OPTIONS", path: "/api/x"})
}

// at asks the server at an address.
func at(t *testing.T, address string, r request) answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	if r.chunked {
		body = struct{ io.Reader }{body}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, "http://"+address+r.path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "shop.localhost" // the same for all of them
	req.Header.Set("Cookie", "a=b")
	client := newClient()
	defer client.CloseIdleConnections()
	got, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	defer got.Body.Close()
	all, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	for name, values := range got.Trailer {
		got.Header["Trailer-"+name] = values
	}
	return answer{got.StatusCode, got.Header, all}
}

// same compares what two servers say to one request, byte for byte. What an engine
// itself says to nobody's path may look otherwise.
func same(t *testing.T, name string, r request, devgate, other answer) {
	t.Helper()
	fromBackend := devgate.header.Get("X-Devgate-Backend") != "" && devgate.header.Get("X-Devgate-Backend") != "static"
	if name == "caddy" && devgate.status == 301 {
		devgate.status = 308 // as the head of its file says
	}
	if devgate.status != other.status || fromBackend && !bytes.Equal(devgate.body, other.body) {
		t.Errorf("%s %s: %s says %d %.300q, and devgate %d %.300q", r.method, r.path, name, other.status, other.body, devgate.status, devgate.body)
	}
}

// learned runs devgate on the traffic, and returns when what it has seen is kept.
func (p *project) learned(t *testing.T) *gateway {
	g := p.ready("3 backends")
	for _, r := range engineLog {
		at(t, "127.0.0.1:"+p.ports["GATEWAY"], r)
	}
	eventually(t, "the last request is not kept", func() bool {
		text, _ := os.ReadFile(p.path(".devgate/observed.json"))
		return strings.Contains(string(text), `"/img/logo.svg"`)
	})
	return g
}

// paste puts what devgate export paths prints into the Devgatefile, as a person would.
func (p *project) paste(t *testing.T) {
	t.Helper()
	out, errs, code := p.do("export", "paths")
	if code != 0 {
		t.Fatalf("export paths: %d %s", code, errs)
	}
	if order := regexp.MustCompile(`(?m)^order = .*$`).FindString(out); order != "" {
		p.replace("Devgatefile", "# order", order)
	}
	parts := regexp.MustCompile(`(?m)^\[(\w+)\]\n`).FindAllStringSubmatchIndex(out, -1)
	if len(parts) < 2 {
		t.Fatalf("nothing learned:\n%s", out)
	}
	for i, at := range parts {
		end := len(out)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		p.replace("Devgatefile", "# "+out[at[2]:at[3]]+"\n", out[at[1]:end])
	}
}

// engineFiles starts a server for the static folder: HAProxy has none of its own.
func engineFiles(t *testing.T, p *project) string {
	files := httptest.NewServer(http.FileServer(http.Dir(p.path("public"))))
	t.Cleanup(files.Close)
	return strings.TrimPrefix(files.URL, "http://")
}

// Real engines, with what was written for them, answer as devgate does with the
// learned paths: the same backend, the same bytes, for all that was seen and all
// that is near to it.
func TestEnginesAnswerAsDevgateDoes(t *testing.T) {
	p := engineProject(t)
	p.learned(t).down()
	p.paste(t)
	g := p.ready("3 backends")
	defer g.down()
	files := engineFiles(t, p)
	for _, name := range []string{"nginx", "caddy", "haproxy"} {
		t.Run(name, func(t *testing.T) {
			args := []string{"export", name, "-o", name + ".conf"}
			if name == "haproxy" {
				args = append(args, "--upstream", "static="+files)
			}
			if _, errs, code := p.do(args...); code != 0 {
				t.Fatalf("export: %d %s", code, errs)
			}
			e := engineOf(t, name, p.path(name+".conf"))
			e.start(t)
			for _, r := range slices.Concat(engineLog, nearMisses()) {
				same(t, name, r, at(t, "127.0.0.1:"+p.ports["GATEWAY"], r), at(t, e.address(), r))
			}
			engineBodies(t, p, e)
			engineSocket(t, e)
			engineStream(t, e)
			engineTrailers(t, e)
			engineFolder(t, e)
			out, errs, code := p.do("export", "--check", "http://"+e.address())
			if code != 0 || !regexp.MustCompile(`^[1-9]\d* answered as devgate does, 0 differ, 0 unclear\n$`).MatchString(out) {
				t.Errorf("--check: %d %s%s", code, out, errs)
			}
		})
	}
}

// Files that were built take the front end's place: whatever is neither a file nor
// another backend's gets its page.
func TestEnginesServeBuiltFiles(t *testing.T) {
	p := engineProject(t)
	p.write("web/dist/index.html", "built page")
	p.write("web/dist/assets/app.js", "built script")
	p.write("web/dist/.env", "secret")
	g := p.learned(t)
	defer g.down()
	for _, name := range []string{"nginx", "caddy"} {
		for _, mode := range []string{"--routes", "--cascade"} {
			if name == "caddy" && mode == "--cascade" {
				continue // there is none
			}
			t.Run(name+mode, func(t *testing.T) {
				if _, errs, code := p.do("export", name, mode, "--dist", "web=web/dist", "-o", name+mode); code != 0 {
					t.Fatalf("export: %d %s", code, errs)
				}
				e := engineOf(t, name, p.path(name+mode))
				e.start(t)
				for path, want := range map[string]string{
					"/": "built page", "/about": "built page", "/about/": "built page", "/assets/app.js": "built script", "/assets/app.js?v=1": "built script", "/.env": "built page", "/robots.txt": "User-agent: *\n",
				} {
					if got := at(t, e.address(), request{method: "GET", path: path}); got.status != 200 || string(got.body) != want {
						t.Errorf("%s: %d %s, want %s", path, got.status, got.body, want)
					}
				}
				if got := at(t, e.address(), request{method: "POST", path: "/api/items", body: []byte("7 bytes")}); !bytes.Contains(got.body, []byte(`"backend":"api"`)) || !bytes.Contains(got.body, []byte(`"length":7`)) {
					t.Errorf("a POST to api: %d %s", got.status, got.body)
				}
			})
		}
	}
}

// engineBodies are whole, however they are sent.
func engineBodies(t *testing.T, p *project, e *engine) {
	for _, r := range []request{
		{method: "POST", path: "/api/upload", body: bytes.Repeat([]byte("0123456789"), 512<<10), chunked: true},
		{method: "PUT", path: "/admin/upload", body: bytes.Repeat([]byte("x"), 300<<10)},
		{method: "PATCH", path: "/api/upload", body: []byte{}},
	} {
		same(t, e.name, r, at(t, "127.0.0.1:"+p.ports["GATEWAY"], r), at(t, e.address(), r))
	}
}

// engineSocket is a WebSocket to the backend of its path, with bytes both ways.
func engineSocket(t *testing.T, e *engine) {
	c, err := net.Dial("tcp", e.address())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(c, "GET /api/socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	br := bufio.NewReader(c)
	resp, err := http.ReadResponse(br, nil)
	if err != nil || resp.StatusCode != 101 {
		t.Fatalf("%s: socket: %v %v", e.name, resp, err)
	}
	io.WriteString(c, "ping")
	got := make([]byte, len("api:ping"))
	if _, err := io.ReadFull(br, got); err != nil || string(got) != "api:ping" {
		t.Errorf("%s: socket says %q, %v", e.name, got, err)
	}
}

// engineStream has the first event at once: the server says nothing more.
func engineStream(t *testing.T, e *engine) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", "http://"+e.address()+"/api/events", nil)
	resp, err := newClient().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	if line != "data: first\n" {
		t.Errorf("%s: first event %q, %v", e.name, line, err)
	}
}

// engineTrailers: what the heads of the files say of trailers is so.
func engineTrailers(t *testing.T, e *engine) {
	got := at(t, e.address(), request{method: "GET", path: "/api/trailer"}).header.Get("Trailer-X-Sum")
	if want := map[string]string{"nginx": "", "caddy": "7", "haproxy": "7"}[e.name]; got != want {
		t.Errorf("%s: trailer %q, want %q", e.name, got, want)
	}
}

// engineFolder redirects to a folder that was asked for without its slash, relative
// to what was asked; Caddy in its own way, as the head of its file says.
func engineFolder(t *testing.T, e *engine) {
	for path, want := range map[string]string{"/docs": "docs/", "/docs?a=b": "docs/?a=b", "//docs": ""} {
		got := at(t, e.address(), request{method: "GET", path: path})
		status := map[string]int{"nginx": 301, "caddy": 308, "haproxy": 301}[e.name]
		if e.name == "caddy" {
			want, _, _ = strings.Cut(want, "?")
		}
		to := strings.TrimLeft(got.header.Get("Location"), "./")
		if want != "" && (got.status != status || to != want) || strings.HasPrefix(got.header.Get("Location"), "//") {
			t.Errorf("%s: %s is answered by %d %v", e.name, path, got.status, got.header)
		}
	}
}

// sameInCascade is same, but for what nobody has: then it is the answer of who is
// asked last, who is another than in devgate.
func sameInCascade(t *testing.T, r request, devgate, nginx answer) {
	t.Helper()
	if devgate.status != 404 {
		same(t, "nginx", r, devgate, nginx)
		return
	}
	if want := `{"backend":"web","error":"not found"}`; nginx.status != 404 || r.method != "HEAD" && string(nginx.body) != want {
		t.Errorf("%s %s: nginx says %d %.300q, want 404 %s", r.method, r.path, nginx.status, nginx.body, want)
	}
}

// nginx can also ask one backend after the other: as devgate does without paths,
// but for who answers everything, which it asks last.
func TestNginxCascadesAsDevgateDoes(t *testing.T) {
	p := engineProject(t)
	g := p.learned(t)
	defer g.down()
	if _, errs, code := p.do("export", "nginx", "--cascade", "-o", "nginx.conf"); code != 0 {
		t.Fatalf("export: %d %s", code, errs)
	}
	e := engineOf(t, "nginx", p.path("nginx.conf"))
	e.start(t)
	for _, r := range slices.Concat(engineLog, nearMisses()) {
		sameInCascade(t, r, at(t, "127.0.0.1:"+p.ports["GATEWAY"], r), at(t, e.address(), r))
	}
	engineFolder(t, e)
	r := request{method: "POST", path: "/admin/upload", body: bytes.Repeat([]byte("0123456789"), 512<<10), chunked: true}
	if got := at(t, e.address(), r); got.status != 200 || !bytes.Contains(got.body, []byte(`"backend":"admin"`)) || !bytes.Contains(got.body, []byte(`"length":5242880`)) {
		t.Errorf("a body behind a 404: %d %s", got.status, got.body)
	}
	engineStream(t, e)
	engineTrailers(t, e)
	engineSocket(t, e)
	// Who is down is not passed by: nothing is held, and 502 is the answer.
	if _, errs, code := p.do("stop", "api", "--wait"); code != 0 {
		t.Fatalf("stop: %s", errs)
	}
	if got := at(t, e.address(), request{method: "GET", path: "/admin/users"}); got.status != 502 {
		t.Errorf("api is down, and nginx says %d %s", got.status, got.body)
	}
}
