//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

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
	g, before := p.learned(t)
	g.down()
	p.paste(t)
	g = p.ready("3 backends")
	defer g.down()
	for i, r := range engineLog { // the paths change no answer
		same(t, "devgate with the learned paths", r, before[i], at(t, "127.0.0.1:"+p.ports["GATEWAY"], r))
	}
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
	g, _ := p.learned(t)
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

// engineStream has what was sent first at once: the server says nothing more.
func engineStream(t *testing.T, e *engine) {
	for _, path := range []string{"/api/events", "/api/lines"} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+e.address()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		client := newClient()
		defer client.CloseIdleConnections()
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "data: first\n" {
			t.Errorf("%s %s: first %q, %v", e.name, path, line, err)
		}
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
	t.Run("asked for everything", func(t *testing.T) { nginxCascades(t, "# admin\n") })
	t.Run("asked for its own", func(t *testing.T) { nginxCascades(t, `paths = ["/admin/*", "/teams/*/billing"]`) })
}

func nginxCascades(t *testing.T, admin string) {
	p := engineProject(t)
	p.replace("Devgatefile", "# admin\n", admin)
	g, _ := p.learned(t)
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
