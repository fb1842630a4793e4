//go:build e2e

package e2e

import (
	"syscall"
	"testing"
)

// wrapped: commands that start others, in every way that npm and the shell
// know, and one that does not want to end.
var wrapped = formats{
	devgatefile: `
port = $GATEWAY

[defaults]
grace = "300ms"

[users]
command = "npm start"
port = $P1

[live]
command = "npm run live"
port = $P2

[pair]
command = "sh -c 'PORT=$P4 node server.js orders & node server.js products'"
port = $P3

[stubborn]
command = "node bad.js stubborn"
`,
	procfile: `
users: PORT=$P1 npm start
live: PORT=$P2 npm run live
pair: PORT=$P3 sh -c 'PORT=$P4 node server.js orders & node server.js products'
`,
}

// wholeTree are the programs that wrapped must have started.
var wholeTree = []string{
	"npm start", "npm run live", "node server.js users", "node server.js live", "node server.js orders", "node server.js products",
}

// However devgate is ended, its exit code says so and no process is left (C1,
// P1, P2).
func TestNothingIsLeft(t *testing.T) {
	for name, end := range map[string]func(*gateway){
		"after devgate down": (*gateway).down,
		"after Ctrl-C":       func(g *gateway) { g.signal(syscall.SIGINT) },
		"after TERM":         func(g *gateway) { g.signal(syscall.SIGTERM) },
		"after HUP":          func(g *gateway) { g.signal(syscall.SIGHUP) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.write("Devgatefile", wrapped.devgatefile)
			g := p.ready("3 backends")
			p.awaitTree(wholeTree...)
			g.out.await(t, `^stubborn \| here to stay$`)
			end(g)
		})
	}
	t.Run("of a Procfile", func(t *testing.T) {
		p := newProject(t)
		p.write("Procfile.dev", wrapped.procfile)
		g := p.joined("3 backends")
		p.awaitTree(wholeTree...)
		g.signal(syscall.SIGINT)
	})
}

// Ctrl-C in the middle of the start, while npm still looks around.
func TestNothingIsLeftOfAStart(t *testing.T) {
	p := newProject(t)
	p.write("Devgatefile", wrapped.devgatefile)
	g := p.up()
	g.out.await(t, `^devgate: .*http://localhost`)
	p.awaitTree("npm")
	g.signal(syscall.SIGINT)
}

// A restart replaces the whole tree, also that part of it which holds a port
// that devgate does not know of (P3).
func TestARestartReplacesTheWholeTree(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.write("Devgatefile", wrapped.devgatefile)
	g := p.ready("3 backends")
	p.awaitTree(wholeTree...)
	for n := range 3 {
		eventually(t, "orders does not listen", func() bool { return g.out.count(`^pair +\| orders listens on`) > n })
		p.must("restart", "--wait", "users", "pair")
	}
	p.awaitTree(wholeTree...)
	eventually(t, "orders has not listened 4 times", func() bool { return g.out.count(`^pair +\| orders listens on`) == 4 })
	if n := g.out.count(`EADDRINUSE`); n != 0 {
		t.Errorf("%d servers have met an old port", n)
	}
	g.get(t, "/products", 200, "users=404, live=404, pair=200")
	g.down()
}
