package proxy

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// What is in flight is known: who who is there, lets nobody in after its end, and breaks off
// who is still there.
func TestInflight(t *testing.T) {
	var c inflight
	var cuts atomic.Int64
	cut := func() { cuts.Add(1) }
	if !c.enter() || !c.enter() || c.count() != 2 {
		t.Fatal("it does not count")
	}
	c.add(cut)()
	remove := c.add(cut)
	c.cutAll()
	remove()
	if cuts.Load() != 1 {
		t.Errorf("%d were cut, one was there", cuts.Load())
	}
	if c.add(cut)(); cuts.Load() != 2 {
		t.Error("who comes too late is not cut")
	}
	if c.enter() {
		t.Error("it lets somebody in after its end")
	}
	empty := c.close()
	c.leave()
	select {
	case <-empty:
		t.Error("it is empty too soon")
	default:
	}
	c.leave()
	<-empty
}

// G7: who switched protocols is remembered by path and protocol, for so many of
// them, until something restarts.
func TestOwners(t *testing.T) {
	var m owners
	m.remember("/a x", "web", 0)
	if m.owner("/a x") != "web" || m.owner("/a y") != "" || m.owner("/a") != "" {
		t.Errorf("%v", m.names)
	}
	for i := range ownersMax {
		m.remember(string(rune(i)), "api", 0)
	}
	if len(m.names) > ownersMax {
		t.Errorf("%d are remembered", len(m.names))
	}
	m.forget()
	if m.owner(string(rune(ownersMax-1))) != "" {
		t.Error("it is not forgotten")
	}
	if m.remember("/a", "web", 0); m.owner("/a") != "" {
		t.Error("what was found out before is remembered after")
	}
}

// G4: the state decides who is let in, and a change wakes who waits.
func TestUpstream(t *testing.T) {
	u := newUpstream(&Backend{Name: "a", Port: 1}, prober{})
	v, s, changed := u.enter()
	if v != nil || s.Phase != Waiting {
		t.Fatalf("it begins %v", s.Phase)
	}
	u.setState(State{Phase: Ready})
	<-changed
	v, _, _ = u.enter()
	w, _, _ := u.enter()
	u.interrupt()
	if v.interrupted() {
		t.Error("the Ready process is interrupted")
	}
	u.setState(State{Phase: Waiting})
	u.setState(State{Phase: Ready})
	x, _, _ := u.enter()
	u.interrupt()
	if !v.interrupted() || x.interrupted() {
		t.Error("an interrupt is for who was there")
	}
	v.release()
	v.release() // as often as one likes
	if u.leases() != 2 {
		t.Errorf("%d leases", u.leases())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	u.drain(ctx) // does not wait, because the time is over
	drained := make(chan struct{})
	go func() { u.drain(context.Background()); close(drained) }()
	select {
	case <-drained:
		t.Error("a running request is not waited for")
	case <-time.After(5 * time.Millisecond):
	}
	w.release()
	<-drained // x is the next process's
	x.release()
	u.setState(State{Phase: Down, Reason: "exited"})
	if v, s, _ := u.enter(); v != nil || s.Reason != "exited" {
		t.Errorf("%+v", s)
	}
	if len(u.former) > 1 {
		t.Errorf("%d places are kept at which nothing runs", len(u.former))
	}
	if newUpstream(&Backend{Name: "r", Remote: true, Port: 1}, prober{}).look().Phase != Ready {
		t.Error("a remote one is not ready")
	}
}

func TestPhaseWords(t *testing.T) {
	for p, want := range map[Phase]string{Waiting: "waiting", Ready: "ready", Down: "down", Absent: "absent", 99: "unknown"} {
		if p.String() != want {
			t.Errorf("%d is %q", p, p)
		}
	}
}
