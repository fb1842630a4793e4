package wire

import (
	"io"
	"net"
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
			p.makeRoom(true)
			if !all[0].closed.Load() || all[1].closed.Load() || len(p.idle) != idleMax-1 {
				t.Error("the longest idle one was to make room")
			}
			p.forget()
		})
	})
}
