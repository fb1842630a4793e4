package proxy

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// Whatever is added, removed, moved or put in another order while requests run:
// every one is answered by the right backend, with its whole body.
func TestReconfigureUnderLoad(t *testing.T) {
	a, b, c, d := backend(t, "a", owner("a")), backend(t, "b", owner("b")), backend(t, "c", owner("c")), backend(t, "d", owner("d"))
	elsewhere := []*testBackend{b, backend(t, "b", owner("b"))}
	g := gateway(t, Config{Speculate: true}, a, b, c)
	g.worth = -1
	removable := map[string]bool{"d": true}
	load := newTraffic(g, []string{"a", "b", "c", "d"}, func(name string, got answer, body string) bool {
		right := got.status == 200 && got.body == name+" "+hash(body)
		return right || removable[name] && got.status == 404 && got.header.Get("X-Devgate-Error") == ""
	})
	defer load.stop()
	for round := range 8 {
		g.reconfigure(func(c *Config) { slices.Reverse(c.Backends) })
		load.flow()
		g.reconfigure(func(c *Config) { c.Backends = append(c.Backends, d.Backend) })
		g.SetState("d", State{Phase: Ready})
		load.flow()
		g.reconfigure(func(c *Config) { // b moves, and d goes
			c.Backends = slices.DeleteFunc(c.Backends, func(b Backend) bool { return b.Name == "d" })
			i := slices.IndexFunc(c.Backends, func(b Backend) bool { return b.Name == "b" })
			c.Backends[i].Port = elsewhere[(round+1)%2].Port
		})
		for _, name := range []string{"b", "d"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			g.Drain(ctx, name)
			cancel()
			g.Interrupt(name)
		}
		g.SetState("b", State{Phase: Ready})
		load.flow()
		g.reconfigure(func(c *Config) {
			i := slices.IndexFunc(c.Backends, func(b Backend) bool { return b.Name == "a" })
			c.Backends[i].Paths = [][]string{nil, {"/a"}}[round%2]
			c.Backends[i].Final = round%2 == 1
			c.Speculate = round%2 == 1
		})
		load.flow()
	}
	if len(elsewhere[0].requests()) == 0 || len(elsewhere[1].requests()) == 0 || len(d.requests()) == 0 {
		t.Error("nobody asked where it had moved, or what was added")
	}
}

// Reconfigure, SetState, Drain and Interrupt may come at any time, from
// anywhere: nothing hangs, and nothing is left behind.
func TestReconfigureAmidEverything(t *testing.T) {
	a, b := backend(t, "a", owner("a")), backend(t, "b", owner("b"))
	a.probed, b.probed = true, true
	g := gateway(t, Config{Hold: 50 * time.Millisecond}, a, b)
	g.notice = time.Millisecond
	load := newTraffic(g, []string{"a", "b"}, func(name string, got answer, body string) bool {
		return got.err == nil && (got.status != 200 || got.body == name+" "+hash(body))
	})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var busy sync.WaitGroup
	for i, act := range []func(n int){
		func(n int) {
			g.reconfigure(func(c *Config) { c.Backends = []Backend{a.Backend, b.Backend}[n%3/2 : 1+n%2] })
		},
		func(n int) {
			g.SetState("a", State{Phase: Phase(n % 4), Port: []int{0, a.Port, b.Port}[n%3] * (n % 2)})
		},
		func(n int) { g.SetState("b", State{Phase: Phase(n % 3)}) },
		func(n int) {
			soon, done := context.WithTimeout(ctx, time.Millisecond)
			defer done()
			g.Drain(soon, []string{"a", "b"}[n%2])
		},
		func(n int) { g.Interrupt([]string{"a", "b", "x"}[n%3]) },
		func(n int) { g.Explain(ctx, "GET", "/a", nil, nil) },
	} {
		busy.Go(func() {
			tick := time.NewTicker(time.Duration(500+100*i) * time.Microsecond)
			defer tick.Stop()
			for n := 0; ctx.Err() == nil; n++ {
				<-tick.C
				act(n)
			}
		})
	}
	busy.Wait()
	load.stop()
	g.reconfigure(func(c *Config) { c.Backends = []Backend{a.Backend, b.Backend} })
	for _, name := range []string{"a", "b"} {
		g.SetState(name, State{Phase: Ready})
		if got := g.get("/" + name); got.status != 200 {
			t.Errorf("after it all, %s: %+v", name, got)
		}
		if n := len(g.chain.Load().find(name).up.former); n > 3 {
			t.Errorf("%d former endpoints of %s are kept", n, name)
		}
	}
}
