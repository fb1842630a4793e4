package front

import (
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// A client that leaves is noticed, from the first request and from one after a long
// rest; while an answer takes its time nobody looks any more.
func TestTheLookoutRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })}
		defer s.Close()
		for _, stays := range []time.Duration{0, watchAfter / 2, time.Minute} {
			client, server := net.Pipe()
			s.begin(server)
			io.WriteString(client, get)
			<-time.After(stays)
			synctest.Wait()
			if rests := s.lookout.rests.Load(); rests != (stays == time.Minute) {
				t.Errorf("after %s: rests %t", stays, rests)
			}
			left := time.Now()
			client.Close()
			for s.serving() > 0 {
				<-time.After(time.Millisecond)
			}
			if took := time.Since(left); took > 2*watchAfter+time.Millisecond {
				t.Errorf("stayed %s: noticed %s after it has left", stays, took)
			}
			<-time.After(time.Minute)
		}
	})
}

// Whoever begins a request while the lookout lies down either keeps it up or rouses it.
func TestALookoutIsNotAsleepOnARequest(t *testing.T) {
	for name, c := range map[string]struct {
		begins func(*lookout)
		settle bool
		rests  bool // the tick may be stopped
		roused bool // and somebody has said to begin again
	}{
		"nothing happens":                        {func(*lookout) {}, true, true, false},
		"a request begins and is seen":           {func(*lookout) {}, false, false, false},
		"a request begins, is seen, and rouses":  {(*lookout).begins, false, true, true},
		"a request begins and is over, by a few": {(*lookout).begins, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			var l lookout
			l.open()
			l.begins()
			<-l.rouse
			l.mayRest(true, nil) // a request has begun since
			for range restAfter - 1 {
				if l.mayRest(true, nil) {
					t.Fatal("rests too soon")
				}
			}
			rests := l.mayRest(true, func() bool { c.begins(&l); return c.settle })
			if rests != c.rests || len(l.rouse) > 0 != c.roused || l.rests.Load() != (c.rests && !c.roused) {
				t.Errorf("rests %t, roused %t, asleep %t", rests, len(l.rouse) > 0, l.rests.Load())
			}
		})
	}
}
