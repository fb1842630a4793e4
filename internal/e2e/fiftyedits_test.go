//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"testing"
)

// threeStyles: one server stops and starts, one is built first, one overlaps.
const threeStyles = `
port = $GATEWAY

[users]
command = "node server.js users"
port = $P1
watch = ["lib/users.js"]

[live]
command = "node server.js live"
build = "node --check lib/live.js"
port = $P2
watch = ["lib/live.js"]

[orders]
command = "node server.js orders"
port = "auto"
watch = ["lib/orders.js"]
restart_style = "overlap"
`

// Fifty edits of every kind while requests run: plain ones, with a build, with a
// build that fails, of a service that overlaps, and of the Devgatefile. No
// request fails, none is answered by the wrong server or twice (F4, G3, G4, W8).
func TestFiftyEditsUnderLoadLoseNoRequest(t *testing.T) {
	p := newProject(t)
	p.env = append(p.env, "SEEN="+p.path("seen"))
	p.write("Devgatefile", threeStyles)
	g := p.ready("3 backends")
	l := g.startLoad("users", "live", "orders")
	version := map[string]string{}
	save := func(server string, n int) {
		version[server] = fmt.Sprint("edit ", n)
		g.write("lib/"+server+".js", fmt.Sprintf("export const version = %q;\n", version[server]))
		g.awaitVersion(t, server, version[server])
	}
	var kinds []func(n int)
	kinds = []func(n int){
		func(n int) { save("users", n) },
		func(n int) { save("live", n) },
		func(n int) { save("orders", n) },
		func(n int) {
			g.write("lib/live.js", fmt.Sprintf("export const = %d;\n", n)) // no JavaScript
			eventually(t, "no word about the failed build", func() bool {
				return g.out.count(`build failed \(exit status 1\); the old version keeps running`) > n/len(kinds)
			})
		},
		func(n int) {
			g.write("Devgatefile", threeStyles+fmt.Sprintf("[users.env]\nN = %q\n[worker%d]\ncommand = \"exec sleep 1000\"\n", fmt.Sprint(n), n))
			g.out.await(t, fmt.Sprintf(`^devgate: ↻ Devgatefile changed: restarts users, adds worker%d`, n))
			g.out.await(t, fmt.Sprintf(`^worker%d +\* .*runs`, n))
		},
	}
	const edits = 50
	for n := range edits {
		l.awaitMore(workers)
		kinds[n%len(kinds)](n)
	}
	l.awaitMore(10 * workers)
	none(t, l.stop())
	t.Logf("%d requests, %d edits", l.sent.Load(), edits)
	for server, want := range version {
		if s := g.ask(t, request{method: "GET", path: "/" + server}).said(t); s.Version != want {
			t.Errorf("%s answers in version %q at the end, want %q", server, s.Version, want)
		}
	}
	seen, err := os.ReadFile(g.path("seen"))
	if err != nil {
		t.Fatal(err)
	}
	l.sentOnce(string(seen))
	g.down()
}
