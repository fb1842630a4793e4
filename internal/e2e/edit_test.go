//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"testing"
)

// edits is how often a server changes under load, each of the two in turn.
const edits = 8

// A save restarts a server while requests run: none fails, none is answered by
// the wrong server, all bodies are whole, none is sent twice, and the last
// version answers at the end (G2, G3, G4, W2).
func TestASaveUnderLoadLosesNoRequest(t *testing.T) {
	p := newProject(t)
	p.env = append(p.env, "SEEN="+p.path("seen"))
	p.write("Devgatefile", twoServers.devgatefile)
	changeUnderLoad(t, p.ready("2 backends"), func(string) {})
}

// Without `watch`, as in a Procfile, somebody asks for the restart.
func TestARestartUnderLoadLosesNoRequest(t *testing.T) {
	p := newProject(t)
	p.env = append(p.env, "SEEN="+p.path("seen"))
	p.write("Procfile.dev", twoServers.procfile)
	changeUnderLoad(t, p.joined("2 backends"), func(server string) { p.must("restart", "--wait", server) })
}

// changeUnderLoad edits the servers in turn; afterSave makes devgate act on it
// where it does not by itself.
func changeUnderLoad(t *testing.T, g *gateway, afterSave func(string)) {
	l := g.startLoad("users", "live")
	for n := range edits {
		server := []string{"users", "live"}[n%2]
		version := fmt.Sprint("edit ", n)
		l.awaitMore(10 * workers)
		g.write("lib/"+server+".js", fmt.Sprintf("export const version = %q;\n", version))
		afterSave(server)
		g.awaitVersion(t, server, version)
	}
	l.awaitMore(workers)
	none(t, l.stop())
	t.Logf("%d requests, %d edits", l.sent.Load(), edits)
	for server, last := range map[string]int{"users": edits - 2, "live": edits - 1} {
		if s := g.ask(t, request{method: "GET", path: "/" + server}).said(t); s.Version != fmt.Sprint("edit ", last) {
			t.Errorf("%s answers in version %q at the end", server, s.Version)
		}
		if n := g.out.count(`^` + server + ` +\* .*ready (in )?\d+\.\ds`); n != 1+edits/2 {
			t.Errorf("%s was ready %d times, want %d: one restart a change", server, n, 1+edits/2)
		}
	}
	seen, err := os.ReadFile(g.path("seen"))
	if err != nil {
		t.Fatal(err)
	}
	l.sentOnce(string(seen))
	g.down()
}
