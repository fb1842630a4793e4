package proxy

import (
	"net/http"
	"strings"

	"devgate/proxy/wire"
)

// Observation is what the cascade has decided for one request: who answers it, and
// who has passed it on. It tells of a request that its path alone, and nothing of
// what was answered but its status and kind.
type Observation struct {
	Method  string
	Path    string // as it was sent, without its query
	Upgrade bool   // it asked for a switch of protocols
	Backend string // "static" for the folder
	Status  int
	Type    string // of the answer: "html", "json", "" for anything else
	// Strong: the backend has said something of its own. Otherwise everybody had
	// refused, or it may be a front end's page for paths that it does not know.
	Strong bool
	Page   bool     // it was not strong, as it may be such a page
	Passed []string // who had passed the request on; valid during the call

	room [6]string // of Passed, for chains of usual length
}

// observe tells what was decided. Nothing is told of what says nothing of a path: a
// request to one backend by its name, one that somebody was left out of because he
// was down, the socket of a development server, devgate's own questions.
//
// rep is the answer; nil: it is the static folder's.
func (a *answering) observe(rep *reply, backend string, status int, header http.Header) {
	tell := a.route.chain.Observe
	if tell == nil || a.unread || a.route.sole || a.req == nil || wire.HasToken(a.r.Header["Sec-Websocket-Protocol"], hmrProtocol) {
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

func kindOf(h http.Header) string {
	switch {
	case isHTML(h):
		return "html"
	case isJSON(h):
		return "json"
	}
	return ""
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
