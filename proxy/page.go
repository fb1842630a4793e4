package proxy

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed pages/*.html
var pageFiles embed.FS

// templates are part of the program, and parsed when the first one is shown: most
// commands show none, and every start would wait for it.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(pageFiles, "pages/*.html"))
})

// pageData is what the templates show.
type pageData struct {
	Project, Method, Target string
	Heading, Detail         string
	Backend                 string
	Status                  int
	Log                     []string
	Reload                  reloading
	Attempts                []pageAttempt
	Answers                 bool // one of the attempts has one
	NotAsked                []pageSkip
	Nonce                   string
}

type pageAttempt struct {
	Backend, Word, Note, Took, Answer string
}

type pageSkip struct{ Backend, Paths string }

// problem is the body for programs (RFC 9457).
type problem struct {
	Type    string    `json:"type"`
	Title   string    `json:"title"`
	Status  int       `json:"status"`
	Detail  string    `json:"detail,omitempty"`
	Backend string    `json:"backend,omitempty"`
	Cascade []Attempt `json:"cascade"`
}

// fail answers with a fault, in the form that the client can read: a page for
// a person, a comment where a script or style is expected, else a problem.
func (a *answering) fail(f *fault) {
	// The headers say how it came about, whatever the form of the body.
	h := a.w.Header()
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

// dated says when an answer of the gateway's own was made, as net/http would.
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
		Type: "urn:devgate:" + f.word, Title: f.title, Status: f.status, Detail: f.detail, Backend: f.backend,
		Cascade: a.trace.records(),
	}
}

// comment is harmless where a script or a style sheet is expected, and still
// tells the reason to whoever looks.
func comment(f *fault) string {
	text := "devgate: " + strconv.Itoa(f.status) + " " + f.word + ": " + f.title
	if f.detail != "" {
		text += ": " + f.detail
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

// page writes a fault for a person.
func (a *answering) page(h http.Header, f *fault) []byte {
	d := pageData{
		Project: a.route.chain.Name, Method: a.r.Method, Target: a.r.RequestURI,
		Heading: f.heading(), Detail: f.detail, Backend: f.backend, Status: f.status, Log: f.log,
		Nonce: rand.Text(),
	}
	// A POST that is sent again by a page is sent without its person.
	if a.r.Method == http.MethodGet {
		d.Reload = f.until // a form is not sent again by itself
	}
	for _, t := range a.trace.attempts {
		note := t.note
		if note == noteRefused {
			note = "" // the status says as much
		}
		d.Attempts = append(d.Attempts, pageAttempt{t.backend, t.said(), note, tookText(t.took), t.answer})
		d.Answers = d.Answers || t.answer != ""
	}
	d.NotAsked = a.notAsked()
	h.Set("Content-Type", "text/html; charset=utf-8")
	// Nothing of the page comes from elsewhere, and what a request has brought into it
	// cannot run.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+d.Nonce+
		"'; script-src 'nonce-"+d.Nonce+"'; connect-src 'self'; base-uri 'none'; frame-ancestors 'self'")
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, "fault.html", d); err != nil {
		a.route.chain.Logf("write page: %v", err)
	}
	return b.Bytes()
}

// tookText is a duration as exactly as a person wants it.
func tookText(d time.Duration) string {
	switch {
	case d < 50*time.Microsecond:
		return "" // it was not even asked
	case d < 9950*time.Microsecond:
		return fmt.Sprintf("%.1f ms", d.Seconds()*1000)
	case d < 999500*time.Microsecond:
		return fmt.Sprintf("%.0f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// notAsked lists the backends whose paths kept them out.
func (a *answering) notAsked() []pageSkip {
	var skips []pageSkip
	for _, c := range a.route.chain.candidates {
		// A request that could not be read has no target, and one for a single service
		// asks no other.
		if a.req != nil && !a.route.sole && !c.matches(rawPath(a.req.Target)) {
			skips = append(skips, pageSkip{c.Name, strings.Join(c.Paths, ", ")})
		}
	}
	return skips
}
