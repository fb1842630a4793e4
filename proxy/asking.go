package proxy

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"devgate/proxy/wire"
)

// asking is the asking of one candidate: from the wait until it is ready, over
// tries that fail, to the head of its answer. It owns all that it changes, so
// several askings of one request may be under way at once, each in a goroutine
// of its own. It finds out what the candidate shows; decide says what that means.
// Who it is for is the exchange's matter, and what an outcome leads to as well.
type asking struct {
	g        *Gateway
	chain    *chain // by which the request is asked
	req      *wire.Request
	patience *patience // of the request
	c        *candidate
	stance   stance
	last     bool   // no backend can be asked after this one
	sent     func() // called before each try, if it is not nil
	began    time.Time

	lease   *lease          // of the process that is asked; nil while none is ready
	state   State           // of a backend that is not ready
	changed <-chan struct{} // closed when that is no longer its state
	since   time.Time       // for how long it is being waited for
	refused time.Time       // since when it refuses connections; zero: it does not
	probe   *probe          // whose result an answer waits for
	probed  bool            // it has been waited for
	err     error           // of the last try

	out outcome
}

// run asks until it is decided what becomes of the candidate. first is a try that
// was sent ahead of its turn, or nil.
// decide is pure; all that waits or sends is here, between two of its verdicts.
func (a *asking) run(ctx context.Context, first *earlyTry) *outcome {
	s := a.begin(ctx, first)
	for {
		switch v := decide(s, a.stance); v {
		case ask:
			s = a.try(ctx)
		case wait:
			s = a.await(ctx, s)
		default:
			return a.end(s, v)
		}
	}
}

// begin takes up what was sent ahead, if anything was.
func (a *asking) begin(ctx context.Context, first *earlyTry) sign {
	if first == nil {
		return a.admit()
	}
	rep, err := first.result()
	// It found nobody ready, and sent nothing: it is as if it had not been.
	if first.lease == nil {
		return a.admit()
	}
	a.lease, a.out.took = first.lease, first.took
	return a.heard(ctx, rep, err)
}

// admit begins a lease of the candidate's process, or a wait for one.
func (a *asking) admit() sign {
	a.since = time.Now()
	return a.look()
}

func (a *asking) look() sign {
	// State and lease are read at one moment: a process that is leased cannot be replaced
	// unnoticed.
	a.lease, a.state, a.changed = a.c.up.enter()
	switch {
	case a.lease != nil:
		return signReady
	case a.c.up.isGone():
		return signGone
	case a.state.Phase == Absent:
		return signAbsent
	case a.state.Phase == Down && a.c.Optional:
		return signDownOptional
	case a.state.Phase == Down:
		return signDown
	}
	return signWaiting
}

// try sends the request once.
func (a *asking) try(ctx context.Context) sign {
	if a.sent != nil {
		a.sent()
	}
	rep, err := send(ctx, a.req, a.c, a.lease, a.last)
	return a.heard(ctx, rep, err)
}

// heard takes in what came of a try.
func (a *asking) heard(ctx context.Context, rep *reply, err error) sign {
	if err != nil {
		// Drain waits for leases: a failed try must not hold it up.
		a.lease.release()
		a.err = err
		return a.failed(ctx)
	}
	a.out.reply = rep
	// Of a try that was sent ahead the time is known already.
	if a.out.took == 0 {
		a.out.took = time.Since(a.began)
	}
	return a.signOf(rep)
}

// failed says what a try that failed shows.
func (a *asking) failed(ctx context.Context) sign {
	var unsent *wire.DialError
	errors.As(a.err, &unsent)
	switch {
	// The client's end explains every other error.
	case ctx.Err() != nil:
		return signLeft
	case bodyBroke(a.req):
		return signBodyBroke
	case isUnkept(a.err):
		return signUnkept
	case unsent != nil:
		return a.unreached(unsent)
	// It was told to end in the middle of a request: an unsafe one may have had its
	// effect, and is not sent again.
	case a.lease.interrupted() && a.req.Safe:
		return signInterrupted
	case errors.Is(a.err, wire.ErrMalformed):
		return signNonsense
	}
	return signHungUp
}

// unreached says what it shows that no connection came about. Somebody who is
// Optional and on another machine is not waited for: nobody restarts it.
func (a *asking) unreached(err *wire.DialError) sign {
	switch {
	case err.Reason() == wire.Refused && !(a.c.Optional && a.c.Remote):
		return signRefusing
	case a.c.Optional:
		return signUnreachedIgnored
	}
	return signUnreachable
}

// refusedForGood is what a port shows that refuses connections for longer than a
// restart may take.
func (a *asking) refusedForGood() sign {
	if a.c.Optional {
		return signUnreachedIgnored
	}
	return signRefused
}

// end is the outcome of a verdict that ends the asking.
func (a *asking) end(s sign, v verdict) *outcome {
	a.out.verdict = v
	switch v {
	case fail, putBy:
		a.out.fault = a.faultOf(s)
	case passBy:
		// Which verdicts have a fault, a reply or a word is said at the fields of
		// outcome.
		a.out.skipped = a.skippedAs(s)
	case chooseAnew:
		a.out.skipped = Absent.String()
	}
	if a.out.took == 0 {
		a.out.took = time.Since(a.began)
	}
	return &a.out
}

// skippedAs is the word for a candidate that is passed by.
func (a *asking) skippedAs(s sign) string {
	if s == signUnreachedIgnored {
		return unreachedWord(a.err)
	}
	return a.state.word()
}

// faultOf puts a sign that ends the request into words.
func (a *asking) faultOf(s sign) *fault {
	name := a.c.Name
	switch s {
	case signLeft:
		return faultGone()
	case signWaitedOut:
		return faultStarting(name, a.state)
	case signDown:
		return faultDown(name, a.state)
	case signBodyBroke:
		return faultRequest("the request body ended early")
	case signUnkept:
		return a.unkept()
	case signUnreachable:
		return faultUnreachable(name, a.lease.at.address, a.err)
	case signRefused:
		return faultRefused(name, a.lease.at.address, a.err)
	case signSevered:
		return faultHungUp(&a.c.Backend, a.err)
	}
	// Read anew: it was ready when it was asked.
	if s == signCrashed {
		return faultWentDown(name, a.c.up.look())
	}
	return faultBroken(&a.c.Backend, a.err)
}

func (a *asking) unkept() *fault {
	if errors.Is(a.err, wire.ErrReplayLimit) {
		return faultReplayLimit(a.chain.ReplayLimit)
	}
	// A full disk is for the log, and no client's business.
	a.chain.Logf("%s %s: %v", a.req.Method, a.req.Target, a.err)
	return faultSpool(a.err)
}

// isUnkept reports whether the body could not be given to one more backend.
func isUnkept(err error) bool {
	var s *wire.SpoolError
	return errors.Is(err, wire.ErrReplayLimit) || errors.Is(err, wire.ErrNotKept) || errors.As(err, &s)
}

// bodyBroke reports whether the client's body failed.
func bodyBroke(req *wire.Request) bool {
	if req.Body == nil {
		return false
	}
	_, failure := req.Body.Whole()
	return failure != nil
}

// signOf reads the head of an answer.
func (a *asking) signOf(rep *reply) sign {
	status := rep.resp.Status
	switch {
	case a.c.passesOn(status):
		return signStatus
	case a.stance.upgrade && status == http.StatusSwitchingProtocols:
		return signSwitched
	case a.stance.upgrade && slices.Contains(refusesUpgrade, status):
		return signNoSocket
	case a.stance.upgrade && isSuccess(status): // whatever it is, it is no socket
		return signPage
	case a.stance.upgrade:
		return signAnswer
	case isUnknownRPC(rep.resp):
		return signUnknownRPC
	case a.stance.final || a.c.SPA == Off:
		return signAnswer
	}
	pages := &rep.lease.at.pages
	pages.notice(a.req, rep.resp)
	if isOwnPath(rawPath(a.req.Target)) || !pages.mayBe(a.req, rep.resp) {
		return signAnswer
	}
	s := a.pageSign(pages)
	if s == signPage {
		pages.keep(rep.resp)
	}
	return s
}

// pageSign says whether what may be a page is one, by what the probe of the
// process has found out. While that is under way the answer waits for it: the
// first request is to be answered as all later ones. Where nobody else could
// answer nothing is asked, and nothing waited for.
func (a *asking) pageSign(pages *pages) sign {
	if a.c.SPA == On {
		return signPage
	}
	p := pages.made(a.c.Paths)
	if matters := !a.last || a.chain.Static != ""; matters && pages.sends.Load() {
		p = pages.probe(a.c.Name, a.c.Paths)
	}
	switch {
	case p == nil:
		return signAnswer
	case p.over() && p.result == answersAll:
		return signPage
	case p.over() || a.probed || a.last && a.chain.Static == "":
		return signAnswer
	}
	a.probe = p
	return signPerhapsPage
}
