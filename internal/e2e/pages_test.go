//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"devgate/internal/testport"
)

// pagesProject has a backend in every state that has a page.
func pagesProject(t *testing.T) *project {
	t.Helper()
	p := emptyProject(t)
	p.write("Devgatefile", `port = $GATEWAY
name = "shop"
hold = "2s"

[slow]
command = "exec node slow.js"
port = $P1
paths = ["/slow"]

[broken]
command = "exec node broken.js"
port = $P2
restart = "never"
watch = ["broken.js"]
paths = ["/broken"]

[refusing]
url = "http://127.0.0.1:$P4"
paths = ["/refusing"]

[unknown]
url = "http://no..such.host"
paths = ["/unknown"]

[web]
command = "exec node web.js"
port = $P3
paths = ["/users", "/user", "/u/*", "/idle"]
`)
	p.write("slow.js", `const fs = require("fs"), say = n => console.log("\x1b[36mcompiling\x1b[0m module " + n);
[1, 2, 3].forEach(say);
const look = setInterval(() => {
  if (!fs.existsSync("open")) return;
  clearInterval(look);
  require("http").createServer((q, r) => r.end(q.url + " is here")).listen(process.env.PORT, "127.0.0.1");
}, 20);
`)
	p.write("broken.js", `console.log("\x1b[2m12:01:03\x1b[0m \x1b[32mready to fail\x1b[0m");
console.error("\x1b[1;31mError:\x1b[0m <b>cannot</b> find module 'expres'\n    at \x1b[90mnode:internal/modules/cjs/loader:1228:15\x1b[0m");
process.exit(3);
`)
	p.write("web.js", `require("http").createServer((q, r) => {
  const known = q.url === "/users" && q.method === "GET" || q.url === "/user" && q.method === "POST";
  r.writeHead(known ? 200 : 404, { "Content-Type": "text/plain" }).end(known ? "yes" : "<i>Cannot</i> " + q.method + " " + q.url);
}).listen(process.env.PORT, "127.0.0.1");
`)
	return p
}

// pagesUp starts it; the gateway answers, web is ready and broken has failed.
func pagesUp(t *testing.T) *gateway {
	t.Helper()
	g := pagesProject(t).up()
	g.out.await(t, "^broken .*failed")
	eventually(t, "web is not ready", func() bool { return !testport.Bindable(g.port("P3")) })
	return g
}

// D4, G9: each page in light and dark, narrow and wide, with nothing that axe-core, the
// console or the page's policy could object to.
func TestPagesInABrowser(t *testing.T) {
	g := pagesUp(t)
	b := openTab(t)
	b.listen()
	if answer, err := http.Get(g.url("/users")); err != nil || answer.Body.Close() != nil || answer.StatusCode != 200 {
		t.Fatalf("%v %v", answer, err)
	}
	for _, c := range []struct {
		name, url string
		says      []string
	}{
		{"starting", g.url("/slow"), []string{"slow is not ready yet", "starting", "for ", "Log of slow", "compiling module 3", "reloads by itself"}},
		{"crashed", g.url("/broken"), []string{"broken is down", "exit status 3", " ago", "<b>cannot</b> find module", "devgate restart broken"}},
		{"refused", g.url("/refusing"), []string{"refusing should be ready", "does not accept connections", "accepts connections"}},
		{"dns", g.url("/unknown"), []string{"nobody knows the host", "check its url"}},
		{"not-found", g.url("/user"), []string{"no backend answered", "/users", "singular and plural", "devgate why /user", "not asked"}},
		{"host", "http://evil.test:" + g.ports["GATEWAY"] + "/", []string{"evil.test", "is not allowed", "hosts ="}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.t = t
			b.visit(c.url)
			b.awaitText(c.says...)
			if b.js("document.querySelectorAll('b, i').length") != "0" {
				t.Error("what a server said became markup")
			}
			b.js("document.querySelectorAll('details').forEach(d => d.open = true)")
			bothLooks(t, b, "page-"+c.name)
			b.mustBeQuiet(c.name)
		})
	}
	b.t = t
	g.must("stop", "web")
	b.visit(g.url("/idle"))
	b.awaitText("web is stopped", "devgate start web")
	bothLooks(t, b, "page-stopped")
	b.mustBeQuiet("stopped")
	g.down()
}

// D4: the buttons work, also by the keyboard alone, and say so.
func TestPagesCopyTheirLog(t *testing.T) {
	g := pagesUp(t)
	b := openTab(t)
	b.visit(g.url("/broken"))
	b.awaitText("Log of broken")
	b.call("Browser.grantPermissions", map[string]any{"permissions": []string{"clipboardReadWrite", "clipboardSanitizedWrite"}}, nil)
	b.js("[...document.querySelectorAll('button')].at(-1).focus()")
	for _, kind := range []string{"keyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}, nil)
	}
	eventually(t, "it does not say that it has copied", func() bool { return b.js("document.getElementById('said').textContent") == "copied" })
	if got := b.js("navigator.clipboard.readText()"); !strings.Contains(got, "ready to fail") || !strings.Contains(got, "Error: <b>cannot</b> find module 'expres'\n    at") {
		t.Errorf("copied %q", got)
	}
	g.down()
}

// D4, G4: a page becomes the answer by itself when its backend is ready, at the same address; a
// crash that follows a start shows too.
func TestPagesComeBackByThemselves(t *testing.T) {
	g := pagesUp(t)
	b := openTab(t)
	address := g.url("/slow?a=%2F#part")
	b.visit(address)
	b.awaitText("slow is not ready yet")
	g.write("open", "")
	b.awaitText("/slow?a=%2F is here")
	if got := b.js("location.href"); got != address {
		t.Errorf("it came back at %s, not at %s", got, address)
	}

	b.visit(g.url("/broken"))
	b.awaitText("broken is down", "exit status 3")
	g.write("broken.js", `require("http").createServer((q, r) => r.end("mended")).listen(process.env.PORT, "127.0.0.1")`)
	b.awaitText("mended")
	b.visit(g.url("/refusing"))
	b.awaitText("refusing should be ready")
	late := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "here at last") }))
	late.Listener.Close()
	late.Listener, _ = net.Listen("tcp", "127.0.0.1:"+g.ports["P4"])
	late.Start()
	defer late.Close()
	b.awaitText("here at last")
	late.Close()

	g.write("broken.js", `process.exit(5)`)
	g.out.await(t, "^broken .*failed: exit status 5")
	b.visit(g.url("/broken"))
	b.awaitText("broken is down", "exit status 5")
	g.down()
}

// D4: where a form was sent the page stays: it would be sent once more.
func TestAFormIsNotSentAgain(t *testing.T) {
	g := pagesUp(t)
	b := openTab(t)
	b.visit(g.url("/users"))
	b.awaitText("yes")
	b.js(`const f = document.createElement("form"); f.method = "POST"; f.action = "/slow"; document.body.append(f); f.submit()`)
	b.awaitText("slow is not ready yet", "The request was a POST", "Send the form again")
	b.js("globalThis.stays = 'yes'")
	g.write("open", "")
	g.out.await(t, "^slow .*ready")
	b.mustNotAsk(func() {})
	if b.js("globalThis.stays") != "yes" {
		t.Error("the page was reloaded")
	}
	g.down()
}

// G9, D4: a tab that nobody sees asks nothing, and catches up when it is seen.
func TestAHiddenPageAsksNothing(t *testing.T) {
	g := pagesUp(t)
	b := openTab(t)
	b.visit(g.url("/slow"))
	b.awaitText("slow is not ready yet")
	eventually(t, "the page asks for no states", func() bool { return b.asked() > 1 })
	var window struct{ WindowID int }
	b.call("Browser.getWindowForTarget", nil, &window)
	bounds := func(state string) {
		b.call("Browser.setWindowBounds", map[string]any{"windowId": window.WindowID, "bounds": map[string]any{"windowState": state}}, nil)
	}
	bounds("minimized")
	eventually(t, "the page is not hidden", func() bool { return b.js("document.hidden") == "true" })
	b.mustNotAsk(func() {
		g.write("open", "")
		g.out.await(t, "^slow .*ready")
	})
	bounds("normal")
	b.awaitText("/slow is here")
	g.down()
}

// asked is how often the page has asked for states.
func (b *tab) asked() (n int) {
	b.t.Helper()
	fmt.Sscan(b.js("performance.getEntriesByType('resource').filter(e => e.name.includes('/__devgate/state')).length"), &n)
	return n
}

// mustNotAsk fails where the page asks for states while three of its intervals pass.
func (b *tab) mustNotAsk(meanwhile func()) {
	b.t.Helper()
	b.js("new Promise(done => setTimeout(done, 600))") // an answer may be on its way
	before := b.asked()
	meanwhile()
	b.js("new Promise(done => setTimeout(done, 1600))")
	if n := b.asked(); n != before {
		b.t.Errorf("the page asked %d times", n-before)
	}
}
