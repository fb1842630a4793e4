//go:build e2e

package e2e

import (
	"syscall"
	"testing"
)

// twoServers: users is asked first, live second.
var twoServers = formats{
	devgatefile: `
port = $GATEWAY

[users]
command = "node server.js users"
port = $P1
watch = ["server.js", "lib/users.js"]

[live]
command = "node server.js live"
port = $P2
watch = ["server.js", "lib/live.js"]
`,
	procfile: `
users: PORT=$P1 node server.js users
live: node server.js live --port $P2
`,
}

// threeServers: the one in the middle runs under npm's name for it.
var threeServers = formats{
	devgatefile: `
port = $GATEWAY

[users]
command = "npm start"
port = $P1

[orders]
command = ["node", "server.js", "orders"]
port = $P2

[products]
command = "node server.js products"
port = $P3
`,
	procfile: `
users: PORT=$P1 npm start
orders: node server.js orders -p $P2
products: PORT=$P3 exec node server.js products
`,
}

// twoServersAndFolder: in a Procfile, the folder needs a server, too.
var twoServersAndFolder = formats{
	devgatefile: `
port = $GATEWAY
static = "public"

[users]
command = "node server.js users"
port = $P1

[orders]
command = "node server.js orders"
port = $P2
`,
	procfile: `
users: PORT=$P1 node server.js users
orders: PORT=$P2 node server.js orders
site: PORT=$P3 node server.js site
`,
}

// The first use: GET /users is tried on backend 1, then on backend 2, and what
// both refuse is the final 404.
func TestTwoServers(t *testing.T) {
	twoServers.each(t, "2 backends", func(t *testing.T, g *gateway) {
		if s := g.get(t, "/users", 200, "users=200").said(t); s.Role != "users" {
			t.Errorf("answered by %q", s.Role)
		}
		if s := g.get(t, "/live", 200, "users=404, live=200").said(t); s.Role != "live" {
			t.Errorf("answered by %q", s.Role)
		}
		g.get(t, "/nobody", 404, "users=404, live=404").contains(t, "Cannot GET /nobody")
		g.down()
	})
}

// The second use: three services, and a not-found that names who was asked.
func TestThreeServers(t *testing.T) {
	threeServers.each(t, "3 backends", func(t *testing.T, g *gateway) {
		for path, tried := range map[string]string{
			"/users":    "users=200",
			"/orders":   "users=404, orders=200",
			"/products": "users=404, orders=404, products=200",
		} {
			if s := g.get(t, path, 200, tried).said(t); "/"+s.Role != path {
				t.Errorf("%s is answered by %q", path, s.Role)
			}
		}
		notFound(t, g)
		g.down()
	})
}

// notFound: a person gets a page that explains, a script its own kind of 404,
// and curl the last one as it is (G8).
func notFound(t *testing.T, g *gateway) {
	const nobody = "users=404, orders=404, products=404"
	page := g.ask(t, request{method: "GET", path: "/nobody", header: headers(
		"Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")})
	page.check(t, "navigation", 404, nobody)
	page.contains(t, "<html", "users", "orders", "products", "/nobody")
	if got := page.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("the page is %s", got)
	}

	script := g.ask(t, request{method: "GET", path: "/nobody", header: headers("Accept", "application/json")})
	script.check(t, "fetch", 404, nobody)
	if s := script.said(t); s.Error != "orders does not know it" {
		t.Errorf("a script gets %q", script.body)
	}

	curl := g.get(t, "/nobody", 404, nobody)
	curl.contains(t, "<pre>Cannot GET /nobody</pre>")
	if role := curl.header.Get("X-Role"); role != "products" {
		t.Errorf("the 404 is that of %q", role)
	}
}

// The third use: two servers and public/. The folder is asked for what it has,
// a server also for what it has not.
func TestTwoServersAndAFolder(t *testing.T) {
	t.Run("from a Devgatefile", func(t *testing.T) {
		p := newProject(t)
		p.write("Devgatefile", twoServersAndFolder.devgatefile)
		withFolder(t, p.ready("2 backends"), "static", "users=404, orders=404")
	})
	t.Run("from a Procfile", func(t *testing.T) {
		p := newProject(t)
		p.write("Procfile.dev", twoServersAndFolder.procfile)
		withFolder(t, p.joined("3 backends"), "site", "users=404, orders=404, site=404")
	})
}

func withFolder(t *testing.T, g *gateway, folder, nobody string) {
	page := g.get(t, "/", 200, "users=404, orders=404, "+folder+"=200")
	page.contains(t, "the page of public/")
	if got := page.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("the page is %s", got)
	}
	g.get(t, "/index.html", 200, "users=404, orders=404, "+folder+"=200").contains(t, "the page of public/")
	g.get(t, "/users", 200, "users=200")
	g.get(t, "/orders", 200, "users=404, orders=200")
	g.get(t, "/nobody.png", 404, nobody)
	g.ask(t, request{method: "POST", path: "/", body: []byte("{}")}).check(t, "POST", 404, nobody)
	g.signal(syscall.SIGINT)
}
