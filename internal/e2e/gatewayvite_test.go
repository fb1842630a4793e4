//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// viteTable is Vite's development server as its users start it.
const viteTable = `[web]
command = "exec node_modules/.bin/vite --port {port} --strictPort"
port = $P1
`

// Vite with Express, in both orders: page, modules, data, routes and both
// kinds of sockets are whose they are (G6, G7).
func TestViteBeforeAndBehindExpress(t *testing.T) {
	bothOrders(t, viteTable, func(t *testing.T, g *gateway, webFirst bool) {
		page := g.with(t, navigation(), "GET", "/", 200, tried(webFirst, "web=200", "api=404, web=200"))
		page.contains(t, "the front end's page", "/@vite/client")
		module := g.with(t, script(), "GET", "/src/main.js", 200, tried(webFirst, "web=200", "api=404, web=200"))
		module.contains(t, "import.meta.hot.accept")
		if kind := module.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/javascript") {
			t.Errorf("the module is %s", kind)
		}
		theAPIAnswers(t, g, webFirst)
		for _, route := range []string{"/users/42", "/cart"} {
			got := g.with(t, navigation(), "GET", route, 200, tried(webFirst, "web=200, api=404", "api=404, web=200"))
			got.contains(t, "the front end's page", "/@vite/client")
		}
		theAppSocket(t, g)
		theHMRSocket(t, g)
		theAppSocket(t, g)
		g.down()
	})
}

// theHMRSocket is the socket of Vite's client: with the client's token it is
// greeted, and told of an edit.
func theHMRSocket(t *testing.T, g *gateway) {
	t.Helper()
	s := g.openHMR(t)
	if said := s.until("connected"); !strings.Contains(said, `"type":"connected"`) {
		t.Errorf("Vite greets with %s", said)
	}
	g.with(t, script(), "GET", "/src/greeting.js", 200, g.get200(t, "/src/greeting.js"))
	g.replace("src/greeting.js", "good morning", "good evening")
	update := s.until(`"update"`, "greeting.js")
	if !strings.Contains(update, "js-update") {
		t.Errorf("the edit arrives as %s", update)
	}
	eventually(t, "the edit does not show", func() bool {
		return strings.Contains(string(g.ask(t, request{method: "GET", path: "/src/greeting.js", header: script()}).body), "good evening")
	})
	s.conn.Close()
}

// get200 is who was asked for a path that somebody has.
func (g *gateway) get200(t *testing.T, path string) string {
	t.Helper()
	got := g.ask(t, request{method: "GET", path: path, header: script()})
	if got.status != 200 {
		t.Errorf("GET %s: %d", path, got.status)
	}
	return got.header.Get("X-Devgate-Tried")
}

// openHMR does what /@vite/client does in a browser.
func (g *gateway) openHMR(t *testing.T) *socket {
	t.Helper()
	client := g.ask(t, request{method: "GET", path: "/@vite/client", header: script()})
	token := regexp.MustCompile(`wsToken = "([^"]+)"`).FindSubmatch(client.body)
	if token == nil {
		t.Fatalf("no token in /@vite/client: %d\n%.1000s", client.status, client.body)
	}
	s, head := g.dialSocket(t, "/?token="+string(token[1]), "vite-hmr", g.url(""))
	if s == nil {
		t.Fatalf("no upgrade: %s, %v", head.Status, head.Header)
	}
	if by, protocol := head.Header.Get("X-Devgate-Backend"), head.Header.Get("Sec-Websocket-Protocol"); by != "web" || protocol != "vite-hmr" {
		t.Errorf("the socket is %q's and speaks %q", by, protocol)
	}
	if asked := head.Header.Get("X-Devgate-Tried"); asked != "web=101" {
		t.Errorf("asked for the socket: %s", asked)
	}
	return s
}

// Vite itself decides over wrong tokens; the gateway does not hide it.
func TestViteRefusesAnHMRSocketWithoutItsToken(t *testing.T) {
	bothOrders(t, viteTable, func(t *testing.T, g *gateway, _ bool) {
		if s, head := g.dialSocket(t, "/?token=guessed", "vite-hmr", g.url("")); s != nil {
			t.Errorf("a socket with a guessed token: %v", head.Header)
		} else if head.StatusCode < 400 {
			t.Errorf("refused with %s", head.Status)
		}
		g.down()
	})
}

// `devgate why` says what was held, and that the page was used because nobody
// else answered (G9).
func TestWhyTellsOfPagesThatWereHeld(t *testing.T) {
	bothOrders(t, viteTable, func(t *testing.T, g *gateway, webFirst bool) {
		const unasked = "(not asked: "
		for _, c := range []struct{ path, backend, webFirst, apiFirst string }{
			{"/api/users", "api", "web=200 (same as unknown paths), api=200 ()", "api=200 (), web=0 " + unasked + "api answered)"},
			{"/api/nope", "web", "web=200 (same as unknown paths; used, for nobody else answered), api=404 (falls through)",
				"api=404 (falls through), web=200 ("},
			{"/src/main.js", "web", "web=200 (), api=0 " + unasked + "web answered)", "api=404 (falls through), web=200 ()"},
		} {
			w := g.why(t, c.path, "-H", "Accept: */*")
			if got := w.steps(); !strings.HasPrefix(got, tried(webFirst, c.webFirst, c.apiFirst)) || w.Backend != c.backend {
				t.Errorf("why %s: %q from %s", c.path, got, w.Backend)
			}
		}
		text := g.must("why", "/api/nope", "-H", "Accept: */*")
		for _, want := range []string{"GET /api/nope\n", "falls through", "answer: 200 from web"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if webFirst { // behind the API it matters to nobody
			g.out.await(t, "web answers paths that it does not know with a page")
		}
		g.down()
	})
}
