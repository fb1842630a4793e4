package proxy

import (
	"strings"
	"time"
)

// pathMax bounds what one remembered target takes of memory.
const pathMax = 2 << 10

// record adds the exchange to what is remembered, once.
func (a *answering) record() {
	if a.recorded {
		return
	}
	a.recorded = true
	a.g.recorder.add(a.summary(), a.trace.attempts)
}

// summary is the exchange's record so far, but for its Cascade.
func (a *answering) summary() Exchange {
	e := Exchange{
		At: a.began, Method: a.r.Method, Path: clip(a.r.RequestURI), Host: a.r.Host,
		Status: a.trace.status, Backend: a.trace.backend, Duration: time.Since(a.began),
	}
	if a.req != nil {
		e.Path = clip(a.req.Target)
	}
	for i := range a.trace.attempts {
		t := &a.trace.attempts[i]
		e.Held += t.held
		e.Learned = e.Learned || t.learned
	}
	return e
}

// clip shortens a target for the record, and frees it from the larger string
// that net/http cut it out of.
func clip(target string) string {
	if len(target) <= pathMax {
		return target
	}
	return strings.Clone(target[:pathMax-3]) + "..."
}
