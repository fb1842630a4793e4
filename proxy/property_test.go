package proxy

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"devgate/proxy/wire"
)

// theatre plays histories on a gateway and compares them with R.
type theatre struct {
	g      *testGateway
	actors []*actor
	chain  []*actor // of them, as configured
	bodies map[int][]byte

	id      int
	limit   time.Duration   // for one answer
	learned map[string]int  // what may be speculated on: request -> place
	sockets map[string]int  // who switched protocols
	allowed map[string]bool // number and backend of requests R would not send
}

func newTheatre(t testing.TB, speculate bool) *theatre {
	th := &theatre{limit: 10 * time.Second, actors: actors(t, 3), bodies: make(map[int][]byte)}
	// What is kept, and that somebody looks, changes no answer.
	th.g = gateway(t, Config{Speculate: speculate, Keep: true})
	th.g.Look()
	th.g.notice, th.g.worth, th.g.draining = 0, -1, th.limit // however busy the machine is
	for _, n := range sizes {
		th.bodies[n] = []byte(payload(n))
	}
	return th
}

// configure puts the chain in place.
func (th *theatre) configure() error {
	cfg := Config{Speculate: th.g.chain.Load().Speculate, Keep: true}
	for _, a := range th.chain {
		cfg.Backends = append(cfg.Backends, a.Backend)
	}
	clear(th.sockets)
	return th.g.Reconfigure(cfg)
}

// play runs a history; an error says where the gateway is not R.
func (th *theatre) play(h history) error {
	th.learned, th.sockets, th.allowed = make(map[string]int), make(map[string]int), make(map[string]bool)
	th.chain = slices.Clone(th.actors)
	for i, a := range th.chain {
		a.assign(h.Roles[i])
	}
	if err := th.configure(); err != nil {
		return err
	}
	for _, a := range th.chain {
		th.g.SetState(a.Name, State{Phase: Ready})
	}
	for n, st := range h.Steps {
		if err := th.step(st); err != nil {
			return fmt.Errorf("step %d, %+v: %w", n, st, err)
		}
	}
	return nil
}

func (th *theatre) step(st step) error {
	a := th.actors[st.Who]
	switch st.Event {
	case "flip": // unseen by the gateway, as a change in a database is
		a.rewrite(st.Target, st.User, st.Flip)
		return nil
	case "restart":
		th.g.SetState(a.Name, State{Phase: Waiting})
		th.restarted(a, State{Phase: Ready})
	case "switch": // the next process is at the other port
		at := a.Port
		if p := th.g.chain.Load().upstream(a.Name).endpoint(); p != nil {
			at = p.port
		}
		th.restarted(a, State{Phase: Ready, Port: a.ports[0] + a.ports[1] - at})
	case "change":
		th.g.Changed()
	case "reload":
		th.configure()
	case "move":
		a.Port = a.ports[0] + a.ports[1] - a.Port
		th.configure()
		th.restarted(a, State{Phase: Ready})
	case "reconfigure":
		th.recast(st)
	default:
		return th.request(st)
	}
	clear(th.learned)
	return nil
}

// restarted says that a new process has come after the old one.
func (th *theatre) restarted(a *actor, s State) {
	if s.Port != 0 {
		th.g.SetState(a.Name, s)
	}
	th.g.Drain(context.Background(), a.Name)
	th.g.Interrupt(a.Name)
	th.g.SetState(a.Name, s)
	clear(th.sockets)
}

// recast puts a new configuration in place: others, in another order, in other
// roles.
func (th *theatre) recast(st step) {
	th.chain = nil
	for _, i := range st.Order {
		th.actors[i].cast(st.Roles[i])
		th.chain = append(th.chain, th.actors[i])
	}
	th.configure()
	for _, a := range th.chain {
		if th.g.chain.Load().upstream(a.Name).endpoint() == nil { // it is new, or back
			th.g.SetState(a.Name, State{Phase: Ready})
		}
	}
}

// request sends one request and compares what the client and each backend saw.
func (th *theatre) request(st step) error {
	body := th.bodies[st.Size]
	first, known := th.sockets[st.Target]
	if !known || !st.Upgrade {
		first = -1
	}
	if st.Held {
		clear(th.sockets) // the backend that becomes ready is a new process
		clear(th.learned)
		first = -1
	}
	removed := st.Removed && len(th.chain) > 1
	chain := th.chain
	if removed {
		chain = chain[1:]
	}
	want := reference(chain, st, first, body)
	th.id++
	id := strconv.Itoa(th.id)
	th.allow(st, id, want)
	if st.Leaves {
		return th.leave(st, id, want)
	}
	got, err := th.send(st, id, body, removed)
	if err != nil {
		return err
	}
	if got != want.client {
		return fmt.Errorf("the client sees %+v, want %+v", got, want.client)
	}
	th.remember(st, want)
	return th.compareLogs(id, want)
}

// allow notes which backends may see the request though R would not ask them.
func (th *theatre) allow(st step, id string, want verdictOfR) {
	k, ok := th.learned[st.key()]
	if !ok || !st.speculates() {
		return
	}
	for i, a := range th.chain[:k+1] {
		if want.logs[i] == nil {
			th.allowed[id+a.Name] = true
		}
	}
}

// send plays the client of one step.
func (th *theatre) send(st step, id string, body []byte, removed bool) (transcript, error) {
	first := th.chain[0].Name
	if st.Held {
		th.g.SetState(first, State{Phase: Waiting})
	}
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", th.g.Port()))
	if err != nil {
		return transcript{}, err
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(th.limit))
	go nc.Write(st.raw(id, body))
	if st.Held {
		th.waitUntilHeld()
		if removed {
			th.chain = th.chain[1:]
			th.configure()
		} else {
			th.g.SetState(first, State{Phase: Ready})
		}
	}
	return observe(st.Method, nc)
}

// leave plays a client that does not wait for its answer: nothing of its request
// goes on for long (I8), and nobody sees what R would not send.
func (th *theatre) leave(st step, id string, want verdictOfR) error {
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", th.g.Port()))
	if err != nil {
		return err
	}
	nc.Write(st.raw(id, nil))
	nc.Close()
	gone := time.Now()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for th.busy() {
		if <-tick.C; time.Since(gone) > th.limit {
			return fmt.Errorf("it goes on without its client")
		}
	}
	if want.clean && want.place > 0 && st.speculates() {
		th.learned[st.key()] = want.place // it may have got so far
	}
	for i, a := range th.chain {
		if n := len(a.seen(id)); n > 1 || n > 0 && want.logs[i] == nil && !th.allowed[id+a.Name] {
			return fmt.Errorf("backend %s saw %q", a.Name, a.seen(id))
		}
	}
	return nil
}

// busy reports whether anything is under way.
func (th *theatre) busy() bool {
	if th.g.requests.count() > 0 || th.g.tunnels.count() > 0 {
		return true
	}
	return slices.ContainsFunc(th.actors, func(a *actor) bool { return th.g.chain.Load().upstream(a.Name).leases() > 0 })
}

// waitUntilHeld returns when a request is running, or when there was none for a
// while because its first backend is another one.
func (th *theatre) waitUntilHeld() {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for th.g.requests.count() == 0 && ctx.Err() == nil {
		<-tick.C
	}
}

// remember keeps what the gateway may have learned from an answer.
func (th *theatre) remember(st step, want verdictOfR) {
	switch {
	case st.Upgrade:
		if want.client.status == 101 {
			th.sockets[st.Target] = want.place
		}
	case !wire.IsSafe(st.Method):
		clear(th.learned)
	case st.speculates() && want.clean && want.place > 0 && want.client.status < 400:
		th.learned[st.key()] = want.place
	default:
		delete(th.learned, st.key())
	}
}

// compareLogs checks that each backend saw the request as often as R says, and
// that nobody else saw one before it that was not allowed.
func (th *theatre) compareLogs(id string, want verdictOfR) error {
	for _, a := range th.actors {
		var expected []string
		if i := slices.Index(th.chain, a); i >= 0 {
			expected = want.logs[i]
		}
		if a.cutOff(id, expected, want) {
			continue
		}
		if err := a.compareLog(id, expected, th.allowed[id+a.Name]); err != nil {
			return err
		}
	}
	return nil
}

// cutOff reports whether the actor had begun to refuse a request, and read its body,
// when the request was over: another one's answer was the client's, which had it before it
// had sent the body, and went on to send no more.
func (a *actor) cutOff(id string, expected []string, want verdictOfR) bool {
	a.mu.Lock()
	late := a.late[id]
	a.mu.Unlock()
	if !late || expected == nil || want.client.cookie == "who="+a.Name {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), unreadPatience)
	defer cancel()
	for tick := time.Tick(time.Millisecond); ctx.Err() == nil; <-tick {
		if got := a.seen(id); len(got) != 1 || !strings.HasPrefix(expected[0], got[0]) || got[0] == expected[0] {
			return false // the whole, or what is wrong in any case
		}
	}
	return true
}

// compareLog checks what the actor saw of request id; it may have seen one that
// was not expected if that is allowed. One that reads late may not have done so yet:
// it is waited for, as long as it may still get the body.
func (a *actor) compareLog(id string, expected []string, allowed bool) error {
	if expected != nil && len(a.seen(id)) == 1 && strings.HasPrefix(expected[0], a.seen(id)[0]) {
		ctx, cancel := context.WithTimeout(context.Background(), unreadPatience)
		defer cancel()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for !slices.Equal(a.seen(id), expected) && ctx.Err() == nil {
			<-tick.C
		}
	}
	if got := a.seen(id); expected != nil && !slices.Equal(got, expected) {
		return fmt.Errorf("backend %s saw %q, want %q", a.Name, got, expected)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for seen, lines := range a.log {
		// One sent ahead may arrive late, when it is no longer wanted.
		if seen != id && len(lines) > 1 && !a.chatty() || seen == id && expected == nil && !allowed {
			return fmt.Errorf("backend %s saw %q of request %s", a.Name, lines, seen)
		}
	}
	return nil
}

// I1-I8, G3, G10: for random chains and histories the client sees what R says,
// no backend sees what R would not send it, but for what was sent ahead of
// refusals to whom it was the right one in an unchanged world, and every body
// read to its end is whole.
func TestGatewayIsReference(t *testing.T) {
	for _, speculate := range []bool{false, true} {
		t.Run(fmt.Sprintf("speculation %t", speculate), func(t *testing.T) {
			th := newTheatre(t, speculate)
			rapid.Check(t, func(t *rapid.T) {
				if err := th.play(histories.Draw(t, "history")); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}
