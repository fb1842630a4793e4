package proxy

import (
	"context"
	"net/http"
	"strings"
	"time"
)

const (
	// upgradeSilence is how long one backend may keep the next from being
	// asked: front ends let sockets they do not know hang.
	upgradeSilence = time.Second
	// upgradePatience is how long a fallback may be silent once all others have
	// answered: it never answers for sockets that it does not know.
	upgradePatience = 2 * time.Second
	// noPatience stands for no limit.
	noPatience = 24 * time.Hour
)

// hedge asks several backends to switch protocols, in order but not always one
// after the other. What an answer means is decided as for any request, and the
// answers are judged in order, but for a switch, which wins at once. The
// goroutine that serves the request owns it.
type hedge struct {
	x       *exchange
	results chan hedged
	sent    chan int // indices of those whose request is on its way
	asked   []hedged // in order
	running int
	ended   bool // somebody's answer, or fault, is there
	closed  bool // one of those asked ends the contest, once those before it have ended
	next    int  // of the candidates
}

// hedged is one backend that is asked, and what came of it once that is known.
type hedged struct {
	c      *candidate
	index  int // in asked, and in the trace
	cancel context.CancelFunc
	sent   time.Time // zero: the backend is not Ready yet
	out    *outcome  // nil: it is being asked
}

// switchProtocols serves a request for an upgrade: in order, except that who
// answered this path before is asked first.
func (x *exchange) switchProtocols() {
	x.route.leaveOutH2C()
	x.route.putFirst(x.ownerOfSocket())
	x.patience.left(x.route.chain.holdFor(x.req)) // it begins now, for all of them
	k := &hedge{x: x, results: make(chan hedged, len(x.route.candidates)), sent: make(chan int)}
	winner := k.run()
	k.dismiss(winner)
	switch {
	case winner == nil:
		x.unanswered()
	case winner.verdict == fail:
		x.fail(winner.fault)
	case winner.reply.resp.Status == http.StatusSwitchingProtocols && !x.unread:
		x.g.sockets.remember(x.socket(), winner.reply.c.Name, x.sockets)
		x.tunnel(winner.reply)
	default:
		x.use(winner.reply)
	}
}

// ownerOfSocket is who is known to be right; "" for nobody.
func (x *exchange) ownerOfSocket() string {
	if name := x.g.hmr.owner(x.r.Header); name != "" {
		return name
	}
	return x.g.sockets.owner(x.socket())
}

// socket identifies what an upgrade is for: two protocols on one path may be
// two backends'.
func (x *exchange) socket() string {
	return rawPath(x.req.Target) + " " + strings.Join(x.r.Header["Sec-Websocket-Protocol"], ",")
}

// run asks until somebody's answer is used, or is the end; nil when all refused.
func (k *hedge) run() *outcome {
	patience := time.NewTimer(0)
	defer patience.Stop()
	for {
		if k.running == 0 && !k.ask() {
			return k.settled(true)
		}
		limit, last, probing := k.patience()
		patience.Reset(limit)
		select {
		case i := <-k.sent:
			k.asked[i].sent = time.Now()
		case r := <-k.results:
			if out := k.take(r); out != nil {
				return out
			}
		case <-probing: // now it is known whether somebody is a fallback
		case <-patience.C:
			if !k.ask() && last {
				return k.settled(true)
			}
		}
	}
}

// patience is how much longer to wait for a result, whether the contest is over
// then, and what else to wait for. Who waits for its backend has asked nothing yet,
// so nobody is silent.
func (k *hedge) patience() (limit time.Duration, last bool, probing <-chan struct{}) {
	silence, told := k.silence()
	switch {
	case told && k.hasNext(), told && k.ended && silence < upgradeSilence:
		return upgradeSilence - silence, false, nil
	case told && k.ended:
		if last, probing = k.foreign(); last {
			return upgradePatience - silence, true, nil
		}
	}
	return noPatience, false, probing // as if there was this one backend, and no gateway
}

// foreign reports whether all that are silent are known to leave sockets
// unanswered that are not theirs: they are fallbacks. Anybody else may merely be
// slow. A probe that is still finding it out is returned.
func (k *hedge) foreign() (all bool, probing <-chan struct{}) {
	all = true
	for _, h := range k.asked {
		if h.out != nil {
			continue
		}
		is, p := h.c.isFallback()
		all = all && is
		if p != nil && !p.over() {
			probing = p.done
		}
	}
	return all, probing
}

// silence is how long all that are running have said nothing; false when one of
// them has not been asked yet.
func (k *hedge) silence() (d time.Duration, told bool) {
	var last time.Time
	for _, h := range k.asked {
		if h.out != nil {
			continue
		}
		if h.sent.IsZero() {
			return 0, false
		}
		if h.sent.After(last) {
			last = h.sent
		}
	}
	return time.Since(last), true
}

// hasNext reports whether anybody is left to be asked.
func (k *hedge) hasNext() bool { return !k.closed && k.next < len(k.x.route.candidates) }

// ask starts the next backend; false when there is none.
func (k *hedge) ask() bool {
	if !k.hasNext() {
		return false
	}
	a := k.x.askingOf(k.next, false)
	k.next++
	k.x.trace.begin(a.c.Name)
	ctx, cancel := context.WithCancel(k.x.ctx)
	me := hedged{c: a.c, index: len(k.asked), cancel: cancel}
	a.sent = func() {
		select {
		case k.sent <- me.index:
		case <-ctx.Done():
		}
	}
	k.asked = append(k.asked, me)
	k.running++
	go func() { // dismiss waits for it
		me.out = a.run(ctx, nil)
		k.results <- me
	}()
	return true
}

// take takes a result in and returns the one that ends the contest, if one does.
func (k *hedge) take(r hedged) *outcome {
	k.running--
	k.asked[r.index].out = r.out
	t := &k.x.trace.attempts[r.index]
	r.out.note(t)
	k.x.keepHead(r.index, r.out.reply)
	switch r.out.verdict {
	case use:
		if r.out.reply.resp.Status == http.StatusSwitchingProtocols {
			return r.out
		}
		k.ended, k.closed = true, true
	case fail:
		k.ended, k.closed = true, true
	case refuse, putBy:
		k.ended = true
	}
	k.x.goOn(r.out, t, k.next, false)
	k.x.route.leaveOutH2C() // chosen anew, they may be there again
	return k.settled(false)
}

// settled returns the first outcome in order that ends the contest: nobody who is
// still being asked may be before it, unless they are given up.
func (k *hedge) settled(givenUp bool) *outcome {
	for _, h := range k.asked {
		switch {
		case h.out == nil && !givenUp:
			return nil
		case h.out == nil:
		case h.out.verdict == use || h.out.verdict == fail:
			return h.out
		}
	}
	return nil
}

// dismiss breaks off who has not answered and waits for them. The others'
// answers may still be read; their contexts end with the request's.
func (k *hedge) dismiss(winner *outcome) {
	for _, h := range k.asked {
		if h.out == nil {
			h.cancel()
		} else if h.out != winner && h.out.verdict == use {
			k.x.keepTaken(h.out.reply)
			h.out.reply.close()
		}
	}
	for ; k.running > 0; k.running-- {
		r := <-k.results
		k.x.trace.attempts[r.index].end(0, "silent")
		if r.out.reply != nil {
			r.out.reply.close()
		}
	}
}
