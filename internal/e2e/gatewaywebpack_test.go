//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// webpackTable is webpack's development server, with a page for every path.
const webpackTable = `[web]
command = "exec node_modules/.bin/webpack serve"
port = $P1
ready = { http = "/main.js" }
`

// webpack-dev-server with Express, in both orders (G6, G7). Its socket has no
// subprotocol, only a path.
func TestWebpackBeforeAndBehindExpress(t *testing.T) {
	bothOrders(t, webpackTable, func(t *testing.T, g *gateway, webFirst bool) {
		page := g.with(t, navigation(), "GET", "/", 200, tried(webFirst, "web=200", "api=404, web=200"))
		page.contains(t, "the front end's page", "/main.js")
		bundle := g.with(t, script(), "GET", "/main.js", 200, tried(webFirst, "web=200", "api=404, web=200"))
		bundle.contains(t, "good morning")
		theAPIAnswers(t, g, webFirst)
		route := g.with(t, navigation(), "GET", "/users/42", 200, tried(webFirst, "web=200, api=404", "api=404, web=200"))
		route.contains(t, "the front end's page")
		theAppSocket(t, g)
		theReloadSocket(t, g, webFirst)
		theAppSocket(t, g)
		g.down()
	})
}

// theReloadSocket is what webpack's client opens: it is told the state, and the
// hash of each build.
func theReloadSocket(t *testing.T, g *gateway, webFirst bool) {
	t.Helper()
	s, head := g.dialSocket(t, "/ws", "", g.url(""))
	if s == nil {
		t.Fatalf("no upgrade: %s, %v", head.Status, head.Header)
	}
	if by := head.Header.Get("X-Devgate-Backend"); by != "web" {
		t.Errorf("the socket is %q's", by)
	}
	if asked, want := head.Header.Get("X-Devgate-Tried"), tried(webFirst, "web=101", "api=400, web=101"); asked != want {
		t.Errorf("asked for the socket: %s, want %s", asked, want)
	}
	s.until(`"type":"hot"`)
	s.until(`"type":"ok"`)
	g.replace("src/greeting.js", "good morning", "good evening")
	s.until(`"type":"hash"`)
	s.until(`"type":"ok"`)
	eventually(t, "the edit does not show", func() bool {
		return strings.Contains(string(g.ask(t, request{method: "GET", path: "/main.js", header: script()}).body), "good evening")
	})
	s.conn.Close()
}
