package proxy

import (
	"strings"
	"time"
)

const (
	// What one remembered target, and one method or host, may take of memory.
	pathMax = 2 << 10
	nameMax = 256
)

// finish records the exchange and gives back what was held for that. It is the
// last that is done for a request.
func (a *answering) finish() {
	a.record()
	a.g.recorder.allowance.Give(a.keeping.taken)
	a.keeping = keeping{}
}

// record adds the exchange to what is remembered, once; called again, it replaces
// what is kept of its messages.
func (a *answering) record() {
	text := a.detailText()
	if text != nil {
		defer detailTexts.Put(text)
	}
	if a.id != 0 {
		a.g.recorder.amend(a.id, text.bytes())
		return
	}
	a.id = a.g.recorder.add(a.summary(), a.trace.attempts, text.bytes())
}

// summary is the exchange's record so far, but for its Cascade.
func (a *answering) summary() Exchange {
	e := Exchange{
		ID: a.id, At: a.began, Method: clip(a.r.Method, nameMax), Path: clip(a.r.RequestURI, pathMax), Host: clip(a.r.Host, nameMax),
		Status: a.trace.status, Backend: a.trace.backend, Duration: time.Since(a.began), ReplayOf: a.replayOf,
	}
	if a.req != nil {
		e.Path = clip(a.req.Target, pathMax)
	}
	// net/http cuts them out of one line.
	if len(a.r.RequestURI) > pathMax {
		e.Method, e.Path, e.Host = strings.Clone(e.Method), strings.Clone(e.Path), strings.Clone(e.Host)
	}
	for i := range a.trace.attempts {
		t := &a.trace.attempts[i]
		e.Held += t.held
		e.Learned = e.Learned || t.learned
	}
	return e
}

// clip shortens a text for the record, and frees it from the larger string that
// net/http cut it out of.
func clip(text string, max int) string {
	if len(text) <= max {
		return text
	}
	return strings.Clone(text[:max-3]) + "..."
}
