package proxy

import (
	"net/http"
	"strings"
	"time"

	"devgate/proxy/message"
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
	defer putDetailText(text)
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
	e.free()
	for i := range a.trace.attempts {
		t := &a.trace.attempts[i]
		e.Held += t.held
		e.Learned = e.Learned || t.learned
	}
	return e
}

// free frees the texts of a record from the head that they are parts of, which may be
// 1 MiB long and would be kept with them.
func (e *Exchange) free() {
	all := e.Method + e.Path + e.Host
	path := len(e.Method) + len(e.Path)
	e.Method, e.Path, e.Host = all[:len(e.Method)], all[len(e.Method):path], all[path:]
}

// clip shortens a text for the record.
func clip(text string, max int) string {
	if len(text) <= max {
		return text
	}
	return text[:max-3] + "..."
}

// observe tells what was decided. Nothing is told of what says nothing of a path: a
// request to one backend by its name, one that somebody was left out of because he
// was down, the socket of a development server, devgate's own questions.
//
// rep is the answer; nil: it is the static folder's.
func (a *answering) observe(rep *reply, backend string, status int, header http.Header) {
	tell := a.route.chain.Observe
	if tell == nil || a.unread || a.route.sole || a.req == nil || message.HasToken(a.r.Header["Sec-Websocket-Protocol"], hmrProtocol) {
		return
	}
	o := &a.observed
	o.Passed = o.room[:0]
	for i := range a.trace.attempts {
		switch t := &a.trace.attempts[i]; {
		case t.backend == backend:
		case t.note == noteRefused, t.note == noteUnknownPath:
			o.Passed = append(o.Passed, t.backend)
		case a.req.Upgrade == "":
			return
		}
	}
	o.Method, o.Path, o.Upgrade, o.Backend, o.Status = a.req.Method, rawPath(a.req.Target), a.req.Upgrade != "", backend, status
	o.Type, o.Page, o.Strong = kindOf(header), rep != nil && a.isUnknownPage(rep), true
	if o.Page || rep != nil && a.nobody {
		o.Strong = false
	}
	tell(o)
}

// isUnknownPage reports whether an answer that is used may be a front end's page for a path that it
// does not know: it was one that was held, or nobody has found out, because nobody
// else could have answered.
func (a *answering) isUnknownPage(rep *reply) bool {
	if t := a.trace.of(rep.c.Name); t != nil && strings.HasPrefix(t.note, noteUnknownPath) {
		return true
	}
	if a.req.Upgrade != "" || rep.c.Final || rep.c.SPA == Off || isOwnPath(rawPath(a.req.Target)) {
		return false
	}
	pages := &rep.lease.at.pages
	if p := pages.made(rep.c.Paths); p != nil && p.over() && p.result == knowsPaths {
		return false
	}
	return pages.mayBe(a.req, rep.resp)
}
