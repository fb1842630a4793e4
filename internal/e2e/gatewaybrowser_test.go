//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"devgate/internal/testport"
)

// A real browser at the gateway, in both orders: the app is drawn, its fetch
// and its socket work, an edit shows without a reload, and so do routes that
// only the app knows (G6, G7).
func TestABrowserShowsTheViteApp(t *testing.T) {
	bothOrders(t, viteTable, func(t *testing.T, g *gateway, webFirst bool) {
		b := openTab(t)
		b.visit(g.url("/"))
		all := []string{"greeting: good morning", "path: /", "users: Ada, Grace", "socket: hello from the API"}
		before := b.awaitText(all...)
		b.shoot("app-" + tried(webFirst, "web-first", "api-first"))

		// The client's socket is up when Vite has something to say over it.
		b.js(`globalThis.edited = "no reload"`)
		g.replace("src/greeting.js", "good morning", "good evening")
		after := b.awaitText("greeting: good evening", "users: Ada, Grace")
		if b.js("globalThis.edited") != "no reload" || loaded(before) != loaded(after) {
			t.Errorf("the edit reloaded the page:\n%s\n%s", before, after)
		}

		b.visit(g.url("/users/42"))
		b.awaitText("path: /users/42", "users: Ada, Grace")
		g.down()
	})
}

// loaded is when the document was loaded, which an update does not change.
func loaded(text string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "loaded: ") {
			return line
		}
	}
	return ""
}

// A page that nobody has is explained, with what each backend said (G8).
func TestABrowserShowsWhoSaid404(t *testing.T) {
	p := newFrontend(t)
	p.write("Devgatefile", "port = $GATEWAY\nname = \"shop\"\n\n"+apiTable+"\n[auth]\ncommand = \"exec node api.js\"\nport = $P1\n")
	g := p.ready("2 backends")
	b := openTab(t)
	b.visit(g.url("/nobody?a=<b>"))
	b.awaitText("api", "auth", "404", "/nobody")
	if b.js("document.querySelector('b')") != "" {
		t.Error("the path became markup")
	}
	b.shoot("not-found")
	g.down()
}

// A backend that needs long to start: the browser shows a page that waits, and
// becomes the app's answer by itself (G4).
func TestABrowserWaitsForASlowBackend(t *testing.T) {
	p := newFrontend(t)
	p.write("Devgatefile", "port = $GATEWAY\nname = \"shop\"\n\n"+apiTable+"env = { GATE = \"open\" }\n")
	g := p.up()
	b := openTab(t)
	eventually(t, "the gateway does not listen", func() bool { return !testport.Bindable(g.port("GATEWAY")) })
	b.visit(g.url("/api/users"))
	b.awaitText("api", "starting")
	b.shoot("waiting")
	p.write("open", "")
	b.awaitText(`{"name":"Ada"}`)
	g.down()
}

// A backend that crashed: the page has its last words, and goes when it is
// repaired.
func TestABrowserShowsACrash(t *testing.T) {
	p := newFrontend(t)
	p.write("Devgatefile", "port = $GATEWAY\nname = \"shop\"\n\n"+apiTable+"watch = [\"api.js\"]\n")
	g := p.ready("1 backend")
	b := openTab(t)
	g.replace("api.js", "const app = express();", "const app = expres();")
	g.out.await(t, "^api .*(failed|ended|exited)")
	b.visit(g.url("/api/users"))
	b.awaitText("api", "expres is not defined")
	b.shoot("crashed")
	g.replace("api.js", "const app = expres();", "const app = express();")
	b.awaitText(`{"name":"Ada"}`)
	g.down()
}
