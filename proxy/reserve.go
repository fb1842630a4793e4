package proxy

import (
	"net/http"
	"time"
)

// The notes of an answer that is held, and of one that is used after all.
const (
	noteUnknownPath = "same as unknown paths"
	noteUsedAnyway  = "same as unknown paths; used, for nobody else answered"
)

// reserve is what a cascade has got and not used: one refused answer, one page
// and one fault, which may yet be the client's. The goroutine that serves the
// request owns it.
type reserve struct {
	best  *reply // the refused answer that says most; nil: none
	rank  rank   // of best
	page  *reply // the page that is held; nil: none
	fault *fault // the first that was put by; nil: none
}

// blame keeps a fault that does not end the cascade.
func (v *reserve) blame(f *fault) {
	if v.fault == nil {
		v.fault = f
	}
}

// rank is that of what is kept.
func (v *reserve) bestRank() rank {
	if v.best == nil {
		return rankNone
	}
	return v.rank
}

// keep keeps a refused answer if none says more, and returns the other one.
func (v *reserve) keep(rep *reply, r rank) (other *reply) {
	if v.best == nil || r >= v.rank {
		rep, v.best, v.rank = v.best, rep, r
	}
	return rep
}

// hold keeps a page until it is known whether somebody else has a better answer:
// the first one is the one to use, any other is returned. Its body stays with the
// backend but for what a refused one may take.
func (v *reserve) hold(rep *reply) (other *reply) {
	if v.page != nil {
		rep.resp.Body.Prefetch(drainTime)
		return rep
	}
	rep.resp.Body.Prefetch(0)
	v.page = rep
	return nil
}

// takeBest and takePage hand over what is kept.
func (v *reserve) takeBest() *reply {
	rep := v.best
	v.best = nil
	return rep
}

func (v *reserve) takePage() *reply {
	rep := v.page
	v.page = nil
	return rep
}

// takeIn takes a refused answer's body in, within limits, so that its connection
// is free for the next request; what does not come in time, or in that size,
// stays on the connection until it is known whether anybody wants it.
func (rep *reply) takeIn(patience time.Duration) {
	rep.resp.Body.Prefetch(patience)
	rep.lease.release()
}

// rankOf says how much a refused answer says to a client with that header.
func rankOf(rep *reply, client http.Header) rank {
	switch status := rep.resp.Status; {
	case status == http.StatusMethodNotAllowed:
		return rankMethod
	case status == http.StatusNotFound && isJSON(rep.resp.Header) && wantsJSON(client):
		return rankJSON
	case status == http.StatusNotFound:
		return rankMiss
	}
	return rankOther
}

// rankOfSocket says how much the refusal of a socket says (G7).
func rankOfSocket(status int) rank {
	switch {
	case status == http.StatusUnauthorized:
		return rankUnknownUser
	case status == http.StatusForbidden:
		return rankForbidden
	case status == http.StatusMethodNotAllowed:
		return rankMethod
	case status == http.StatusUpgradeRequired:
		return rankNoUpgrade
	case status == http.StatusBadRequest:
		return rankBadSocket
	case status == http.StatusNotFound:
		return rankMiss
	case isSuccess(status):
		return rankPage
	}
	return rankOther
}
