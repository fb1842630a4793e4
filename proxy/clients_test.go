package proxy

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// crowd is how many clients are there at once, and how much each asks for in one
// world.
const (
	crowd    = 12
	eachAsks = 6
	worlds   = 20
)

// G1, G2, G3, G10, G11: what holds for one client holds for twelve at once, with
// bodies of up to 300 kB: no wrong answer, no request without one, and nobody sees
// what R would not send it.
func TestManyClientsAreReference(t *testing.T) {
	th := newTheatre(t, true)
	for seed := range worlds {
		if err := th.invite(seed); err != nil {
			t.Fatal(err)
		}
		var clients sync.WaitGroup
		for i := range crowd {
			clients.Go(func() {
				for n := range eachAsks {
					st := quiet.Example(1000*seed + eachAsks*i + n)
					if err := th.ask(st, fmt.Sprint(seed, "-", i, "-", n)); err != nil {
						t.Errorf("world %d, client %d, %+v: %v", seed, i, st, err)
					}
				}
			})
		}
		clients.Wait()
	}
}

// quiet are requests that do not change the world, nor what is known of it.
var quiet = rapid.Custom(drawStep).Filter(func(st step) bool {
	return st.Event == "" && !st.Upgrade && !st.Held && !st.Leaves && st.Size <= 300<<10
})

// invite makes a world that requests do not change.
func (th *theatre) invite(seed int) error {
	th.chain = th.actors
	th.sockets = make(map[string]int)
	roles := histories.Example(seed).Roles
	for i, a := range th.actors {
		for key, s := range roles[i].Scripts {
			s.Creates = false
			roles[i].Scripts[key] = s
		}
		a.assign(roles[i])
	}
	if err := th.configure(); err != nil {
		return err
	}
	for _, a := range th.actors {
		th.g.SetState(a.Name, State{Phase: Ready})
	}
	return nil
}

// ask sends one request of one client, beside those of others.
func (th *theatre) ask(st step, id string) error {
	want := reference(th.chain, st, -1, th.bodies[st.Size])
	nc := th.g.dial()
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(6 * th.limit)) // for what hangs
	go nc.Write(st.raw(id, th.bodies[st.Size]))
	got, err := observe(st.Method, nc)
	if err != nil {
		return err
	}
	if got != want.client {
		return fmt.Errorf("the client sees %+v, want %+v", got, want.client)
	}
	for i, a := range th.chain {
		if a.cutOff(id, want.logs[i], want) {
			continue
		}
		if err := a.compareLog(id, want.logs[i], st.speculates()); err != nil {
			return err
		}
	}
	return nil
}
