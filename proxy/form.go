package proxy

import (
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// problem is the body for programs (RFC 9457).
type problem struct {
	Type    string    `json:"type"`
	Title   string    `json:"title"`
	Status  int       `json:"status"`
	Detail  string    `json:"detail,omitempty"`
	Backend string    `json:"backend,omitempty"`
	Cascade []Attempt `json:"cascade"`
	// Near is what was answered before and is close, where nobody answered.
	Near []NearMiss `json:"near,omitempty"`
}

// fail answers with a fault, in the form that the client can read: a page for
// a person, a comment where a script or style is expected, else a problem.
func (a *answering) fail(f *fault) {
	// The headers say how it came about, whatever the form of the body.
	h := a.w.Header()
	a.told = f
	a.trace.stamp(h, f.status, "")
	if f.word == wordGone {
		a.leaveUnanswered()
		return
	}
	h.Set(headerError, f.word)
	// A page of an error that was kept would outlive it.
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if f.wait {
		h.Set("Retry-After", "1")
	}
	// What is left of the request's body would be taken for the next request.
	a.closeIfUnread(h)
	body := a.faultBody(h, f)
	// A known length keeps the connection usable.
	h.Set("Content-Length", strconv.Itoa(len(body)))
	dated(h)
	a.w.WriteHeader(f.status)
	if a.r.Method != http.MethodHead {
		a.w.Write(body)
	}
	a.keepOwn(h, body)
}

// dated says when an answer of the gateway's own was made, as the server would.
func dated(h http.Header) { h.Set("Date", time.Now().UTC().Format(http.TimeFormat)) }

// leaveUnanswered ends a request whose client has left, or has closed its side,
// which looks the same: half an answer, or one of the gateway's own, is of no use to
// it. For a client that is there it does not return.
func (a *answering) leaveUnanswered() {
	if a.trace.status = 0; !a.unread {
		// http.Server closes the connection without a word (HTTP/2: resets the stream).
		panic(http.ErrAbortHandler)
	}
}

func (a *answering) faultBody(h http.Header, f *fault) []byte {
	switch {
	case isNavigation(a.r.Header):
		// A page in place of a script is a syntax error in a place that tells nothing.
		return a.page(h, f)
	case isAsset(a.r):
		h.Set("Content-Type", "text/plain; charset=utf-8")
		return []byte(comment(f))
	}
	h.Set("Content-Type", "application/problem+json")
	body, _ := json.Marshal(a.problem(f)) // plain data always encodes
	return append(body, '\n')
}

func (a *answering) problem(f *fault) problem {
	return problem{
		Type: "urn:devgate:" + f.word, Title: f.title, Status: f.status, Detail: f.explained(), Backend: f.backend,
		Cascade: a.trace.records(), Near: a.near(f),
	}
}

// comment is harmless where a script or a style sheet is expected, and still
// tells the reason to whoever looks.
func comment(f *fault) string {
	text := "devgate: " + strconv.Itoa(f.status) + " " + f.word + ": " + f.title
	if more := f.explained(); more != "" {
		text += ": " + more
	}
	// The text may come from a request: it must not end the comment.
	return "/* " + strings.ReplaceAll(text, "*/", "* /") + " */\n"
}

// isAsset reports whether a browser expects a script, a style or the like, by
// what it says, else by the path.
// Sec-Fetch-Dest is sent by every newer browser, and is what the element asks for.
func isAsset(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "script", "style", "worker", "sharedworker", "serviceworker", "image", "font":
		return true
	case "":
	default:
		return false
	}
	switch strings.ToLower(path.Ext(r.URL.Path)) {
	case ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".tsx", ".css", ".scss", ".less", ".vue", ".svelte":
		return true
	}
	return false
}
