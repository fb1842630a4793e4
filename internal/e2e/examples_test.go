//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// newExample is a copy of an example on ports of its own. The example's own are
// those of its README.
func newExample(t *testing.T, name string) *project {
	t.Helper()
	p := copyExample(t, name)
	p.replace("Devgatefile", "3000", p.ports["GATEWAY"], "4001", p.ports["P1"], "4002", p.ports["P2"])
	p.replace("Procfile", "4001", p.ports["P1"], "4002", p.ports["P2"])
	return p
}

// copyExample is a copy of an example as it is.
func copyExample(t *testing.T, name string) *project {
	t.Helper()
	p := emptyProject(t)
	copyFolder(t, filepath.Join(repository, "examples", name), p.dir)
	return p
}

// leftThere is what runs and installs leave in an example.
var leftThere = []string{".devgate", ".next", ".venv", "__pycache__", "node_modules"}

// copyFolder copies what is in a folder, but for what runs and installs have left
// there.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		source, target := filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())
		switch {
		case slices.Contains(leftThere, entry.Name()):
		case entry.IsDir():
			if err := os.MkdirAll(target, 0o755); err != nil {
				t.Fatal(err)
			}
			copyFolder(t, source, target)
		default:
			text, err := os.ReadFile(source)
			if err == nil {
				err = os.WriteFile(target, text, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// examples/express, as its README tells.
func TestTheExpressExample(t *testing.T) {
	t.Parallel()
	p := newExample(t, "express")
	if err := npmCI(p.dir); err != nil {
		t.Fatal(err)
	}
	t.Run("from its Devgatefile, in the background", func(t *testing.T) {
		p := p.during(t)
		out := p.must("up", "--detach")
		if want := "devgate: ready http://localhost:" + p.ports["GATEWAY"] + " (2 backends, "; !strings.HasPrefix(out, want) {
			t.Errorf("%q, want %q…", out, want)
		}
		askExpress(t, p)
		p.get(t, "/", 200, "api=404, auth=404, static=200").contains(t, "<html")
		p.replace("lib/users.js", `"Ada"`, `"Alan"`)
		eventually(t, "the edit does not show", func() bool {
			return strings.Contains(string(p.get(t, "/api/users", 200, "api=200").body), "Alan")
		})
		p.must("down")
		// The one in the background has let go of everything; its own end is near.
		eventually(t, "devgate itself does not end", func() bool { return len(p.marked()) == 0 })
	})
	t.Run("from its Procfile", func(t *testing.T) {
		p := p.during(t)
		g := p.up("-f", "Procfile", "--port", p.ports["GATEWAY"])
		g.awaitReady("2 backends")
		askExpress(t, p)
		p.get(t, "/", 404, "api=404, auth=404")
		g.signal(syscall.SIGINT)
	})
}

// during is the project in a part of its test.
func (p *project) during(t *testing.T) *project {
	part := *p
	part.t = t
	t.Cleanup(part.mustBeGone)
	return &part
}

func askExpress(t *testing.T, p *project) {
	t.Helper()
	p.get(t, "/api/users", 200, "api=200").contains(t, "Grace")
	p.get(t, "/auth/me", 401, "api=404, auth=401").contains(t, "not logged in")
	login := p.ask(t, request{method: "POST", path: "/auth/login", body: []byte(`{"name":"Ada"}`), header: headers("Content-Type", "application/json")})
	login.check(t, "login", 200, "api=404, auth=200")
	session, _, _ := strings.Cut(login.header.Get("Set-Cookie"), ";")
	p.ask(t, request{method: "GET", path: "/auth/me", header: headers("Cookie", session)}).contains(t, `{"name":"Ada"}`)
	p.get(t, "/nobody", 404, "api=404, auth=404")
}

// examples/hello: from its Procfile under `go run`, which starts the server as
// a child of its own, and from its Devgatefile, which builds it.
func TestTheHelloExample(t *testing.T) {
	t.Parallel()
	p := newExample(t, "hello")
	p.write("go.mod", "module hello\n\ngo 1.26\n")
	t.Run("from its Procfile", func(t *testing.T) {
		p := p.during(t)
		g := p.up("-f", "Procfile", "--port", p.ports["GATEWAY"])
		g.out.await(t, `^api +\| .*listens on`)
		g.out.await(t, `^pages +\| .*listens on`)
		eventually(t, "pages does not join the cascade", func() bool {
			return p.ask(t, request{method: "GET", path: "/nobody"}).header.Get("X-Devgate-Tried") == "api=404, pages=404"
		})
		p.get(t, "/api/hello?name=Ada", 200, "api=200").contains(t, "hello, Ada")
		p.awaitTree("go run ./api", "go run ./pages")
		g.signal(syscall.SIGINT)
	})
	t.Run("from its Devgatefile", func(t *testing.T) {
		p := p.during(t)
		g := p.ready("2 backends")
		p.get(t, "/api/hello?name=Ada", 200, "api=200").contains(t, "hello, Ada")
		p.get(t, "/", 200, "api=404, pages=404, static=200").contains(t, "<html")
		p.replace("api/main.go", `"hello, "`, `"good day, "`)
		eventually(t, "the edit does not show", func() bool {
			return strings.Contains(string(p.get(t, "/api/hello?name=Ada", 200, "api=200").body), "good day, Ada")
		})
		g.down()
	})
}
