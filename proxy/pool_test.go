package proxy

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// pipeConn is a pooled connection without a socket, so that time can be fake.
func pipeConn(p *pool) *conn {
	ours, theirs := net.Pipe()
	go io.Copy(io.Discard, theirs)
	return newConn(ours, p, p.current())
}

// G11: idle connections are used again, the last one first, and are closed
// below the keep-alive of the servers, by whoever comes first: a request or the
// sweeper.
func TestPool(t *testing.T) {
	t.Run("the last used is taken first", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := new(pool)
			a, b := pipeConn(p), pipeConn(p)
			p.put(a)
			p.put(b)
			if p.get() != b || p.get() != a || p.get() != nil {
				t.Error("another order")
			}
			a.close()
			b.close()
		})
	})
	t.Run("what has been idle for too long is closed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := new(pool)
			old := pipeConn(p)
			p.put(old)
			<-time.After(idleLimit / 2) // fake time
			young := pipeConn(p)
			p.put(young)
			<-time.After(idleLimit/2 + time.Millisecond)
			if !old.closed.Load() || young.closed.Load() {
				t.Errorf("old closed %t, young closed %t", old.closed.Load(), young.closed.Load())
			}
			<-time.After(idleLimit)
			if !young.closed.Load() || p.get() != nil || p.sweeper != nil {
				t.Error("the young one is not swept, or the sweeper goes on")
			}
		})
	})
	t.Run("forget closes what is idle and what comes back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := new(pool)
			idle, busy := pipeConn(p), pipeConn(p)
			p.put(idle)
			p.forget()
			p.put(busy)
			if !idle.closed.Load() || !busy.closed.Load() || p.get() != nil {
				t.Error("a connection of the old process is kept")
			}
		})
	})
	t.Run("it is bounded, and room is made for what is opened beside it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := new(pool)
			var all []*conn
			for range idleMax + 1 {
				all = append(all, pipeConn(p))
			}
			for _, c := range all {
				p.put(c)
			}
			if !all[idleMax].closed.Load() || all[0].closed.Load() {
				t.Error("more than the bound is kept, or the first is closed")
			}
			p.makeRoom()
			if !all[0].closed.Load() || all[1].closed.Load() || len(p.idle) != idleMax-1 {
				t.Error("the longest idle one was to make room")
			}
			p.forget()
		})
	})
	t.Run("a connection that the other side has closed, or spoken on, is not used", func(t *testing.T) {
		p := new(pool)
		for _, say := range []string{"", "HTTP/1.1 408 Request Timeout\r\n\r\n"} {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			nc, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			other, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			c := newConn(nc, p, p.current())
			p.put(c)
			if !c.alive() {
				t.Error("an open, silent connection is not alive")
			}
			if say == "" {
				other.Close()
			} else {
				defer other.Close()
				io.WriteString(other, say)
			}
			eventually(t, "it is known", func() bool { return !c.alive() })
			if p.get() != nil {
				t.Error("it is used")
			}
		}
	})
}

// The crowd knows who is there, lets nobody in after its end, and breaks off
// who is still there.
func TestCrowd(t *testing.T) {
	var c crowd
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
func TestMemory(t *testing.T) {
	var m memory
	m.remember("/a x", "web", 0)
	if m.owner("/a x") != "web" || m.owner("/a y") != "" || m.owner("/a") != "" {
		t.Errorf("%v", m.owners)
	}
	for i := range memoryMax {
		m.remember(string(rune(i)), "api", 0)
	}
	if len(m.owners) > memoryMax {
		t.Errorf("%d are remembered", len(m.owners))
	}
	m.forget()
	if m.owner(string(rune(memoryMax-1))) != "" {
		t.Error("it is not forgotten")
	}
	if m.remember("/a", "web", 0); m.owner("/a") != "" {
		t.Error("what was found out before is remembered after")
	}
}

// G4: the state decides who is let in, and a change wakes who waits.
func TestUpstream(t *testing.T) {
	u := newUpstream(&Backend{Name: "a", Port: 1})
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
	if u.visits() != 2 {
		t.Errorf("%d visits", u.visits())
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
	if newUpstream(&Backend{Name: "r", Remote: true, Port: 1}).look().Phase != Ready {
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
