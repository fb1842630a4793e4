package proxy

import (
	"context"
	"net/http"
	"slices"
	"time"

	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// speculation is, for one request, the source of tries that were sent ahead of
// their turn, and what is learned from how it goes. The answers are still judged
// in order, so what the client gets is what it would have got, but sooner. The
// goroutine that serves the request owns it; its zero value sends nothing ahead
// and learns nothing.
type speculation struct {
	learned    *learned // nil: this request is not speculated on
	generation uint64   // of what is learned, from before anybody was asked
	worth      time.Duration
	req        *wire.Request
	candidates []*candidate
	key        uint64      // of the request; 0 while it is not needed
	tries      []*earlyTry // by candidate; nil where taken
	refusals   int         // how many candidates have refused
	confirmed  bool        // what was learned of this request is right
}

// mayLearn reports whether a request that takes this route can be speculated on.
func mayLearn(req *wire.Request, rt *route) bool {
	return rt.chain.Speculate && !rt.sole && len(rt.candidates) > 1 && req.Body == nil &&
		(req.Method == http.MethodGet || req.Method == http.MethodHead) &&
		!message.HasToken(req.Header["Cache-Control"], "no-cache") && !message.HasToken(req.Header["Pragma"], "no-cache")
}

// begin asks the backend that has answered this very request before, and those
// before it, all at once.
func (s *speculation) begin(ctx context.Context) {
	if s.learned == nil || !s.worthwhile(len(s.candidates)-1) {
		return
	}
	s.key = s.learned.key(s.req)
	place, ok := s.learned.place(s.key)
	if !ok || place >= len(s.candidates) || !s.worthwhile(place) || !allReady(s.candidates[:place+1]) {
		return
	}
	for _, c := range s.candidates[:place+1] {
		s.tries = append(s.tries, sendEarly(ctx, s.req, c))
	}
}

// worthwhile reports whether the refusals of the first n candidates usually
// take long enough.
func (s *speculation) worthwhile(n int) bool {
	var sum time.Duration
	for _, c := range s.candidates[:n] {
		sum += c.up.pace.usual()
	}
	return sum > s.worth
}

func allReady(list []*candidate) bool {
	return !slices.ContainsFunc(list, func(c *candidate) bool { return c.up.look().Phase != Ready })
}

// draw returns what was sent ahead to candidate i, which is then the caller's;
// or nil.
func (s *speculation) draw(i int) *earlyTry {
	if i >= len(s.tries) {
		return nil
	}
	e := s.tries[i]
	s.tries[i] = nil
	return e
}

// learn takes in what has become of candidate i. What is no longer wanted is
// broken off.
func (s *speculation) learn(i int, out *outcome) {
	switch out.verdict {
	case refuse:
		s.refusals++
	case chooseAnew:
		s.end()
		*s = speculation{}
	case use:
		s.remember(i, out.reply.resp.Status)
		s.cancel()
	case fail:
		s.cancel()
	}
}

// remember keeps that candidate i gave the answer after all before it had
// refused, if that is worth it. Only a healthy answer is: a 500 of today may be
// a 404 tomorrow.
func (s *speculation) remember(i, status int) {
	if s.learned == nil || i == 0 || s.refusals != i || status >= 400 || !s.worthwhile(i) {
		return
	}
	if s.key == 0 {
		s.key = s.learned.key(s.req)
	}
	s.learned.keep(s.key, i, s.generation)
	s.confirmed = true
}

func (s *speculation) cancel() {
	for _, e := range s.tries {
		if e != nil {
			e.cancel()
		}
	}
}

// end gives back what nobody drew, and forgets what turned out wrong.
func (s *speculation) end() {
	if s.tries != nil && !s.confirmed {
		s.learned.forget(s.key)
	}
	s.cancel()
	for i := range s.tries {
		e := s.draw(i)
		if e == nil {
			continue
		}
		switch rep, _ := e.result(); {
		case rep != nil:
			rep.close()
		case e.lease != nil:
			e.lease.release()
		}
	}
}

// earlyTry is a request that was sent to one candidate before its turn. What does
// not go well is seen to when that comes.
type earlyTry struct {
	cancel context.CancelFunc
	done   chan struct{}

	// set before done is closed
	lease *lease // nil: it was not sent
	reply *reply
	err   error
	took  time.Duration
}

// sendEarly tries once.
func sendEarly(ctx context.Context, req *wire.Request, c *candidate) *earlyTry {
	ctx, cancel := context.WithCancel(ctx)
	e := &earlyTry{cancel: cancel, done: make(chan struct{})}
	began := time.Now()
	go func() { // speculation.end waits for it, or who drew it
		defer close(e.done)
		if e.lease, _, _ = c.up.enter(); e.lease != nil {
			e.reply, e.err = send(ctx, req, c, e.lease, false)
			e.took = time.Since(began)
		}
	}()
	return e
}

// result waits for what came of it. Without a lease it was not sent.
func (e *earlyTry) result() (*reply, error) {
	<-e.done
	return e.reply, e.err
}
