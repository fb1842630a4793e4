package proxy

import (
	"bytes"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"devgate/proxy/ingress"
)

//go:embed pages/*
var pageFiles embed.FS

// templates are part of the program, and parsed when the first one is shown: most
// commands show none, and every start would wait for it.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(pageFiles, "pages/*"))
})

// pageData is what the template shows. Nothing of it is markup.
type pageData struct {
	Project, Method, Target string
	Heading, Detail         string
	Backend                 string
	Status                  int
	Clock                   *clock
	Next                    nextStep
	Form                    bool // it was sent, and is not sent again by the page
	Reload                  reloading
	Phase                   Phase         // of Backend
	Refresh                 time.Duration // after which a page that waits shows newer lines; 0: never
	Attempts                []pageAttempt
	NotAsked                []pageSkip
	Near                    []NearMiss
	Log                     [][]span
	Dashboard               string // "": none, or not to be reached from where the client is
	Nonce                   string
}

type pageAttempt struct {
	Backend, Word, Note, Took, Answer string
}

type pageSkip struct{ Backend, Paths string }

// clock is how long a state has lasted.
type clock struct {
	Lasts time.Duration
	Usual time.Duration // 0: not known
	Over  bool          // it is not being waited for
}

// Seconds is what the page counts on from.
func (c clock) Seconds() int { return int(c.Lasts.Seconds()) }

// Text is how long it has lasted.
func (c clock) Text() string { return lastsText(c.Lasts) }

// UsualText is how long it takes as a rule; "" where that is not known.
func (c clock) UsualText() string { return tookText(c.Usual) }

// page writes a fault for a person.
func (a *answering) page(h http.Header, f *fault) []byte {
	d := pageData{
		Project: a.route.chain.Name, Method: a.r.Method, Target: a.r.RequestURI,
		Heading: f.heading(), Detail: f.detail, Backend: f.backend, Status: f.status, Next: f.next,
		Clock: clockOf(f.state), Form: a.r.Method != http.MethodGet, Phase: f.state.Phase,
		Attempts: a.attempts(), NotAsked: a.notAsked(), Near: a.near(f), Log: a.log(f), Dashboard: a.dashboard(f), Nonce: rand.Text(),
	}
	if !d.Form { // what is sent again by a page is sent without its person
		d.Reload = f.until
	}
	if d.Reload == untilReady && d.Phase == Waiting {
		d.Refresh = refreshAfter(f.state)
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	// Nothing of the page comes from elsewhere, and what a request has brought into it
	// cannot run.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+d.Nonce+
		"'; script-src 'nonce-"+d.Nonce+"'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, "fault.html", d); err != nil {
		a.route.chain.Logf("write page: %v", err)
	}
	return b.Bytes()
}

func clockOf(s State) *clock {
	if s.Since.IsZero() {
		return nil
	}
	return &clock{time.Since(s.Since), s.Usual, s.Phase == Down}
}

// refreshAfter is when a page that waits shows newer lines. The longer it lasts, the rarer:
// whoever reads the page is disturbed a few times at most.
func refreshAfter(s State) time.Duration {
	if s.Since.IsZero() {
		return refreshFirst
	}
	return max(refreshFirst, time.Since(s.Since))
}

// log is what the backend has printed, in its colours.
func (a *answering) log(f *fault) [][]span {
	if f.backend == "" {
		return nil
	}
	var list [][]span
	for _, line := range a.route.chain.Tail(f.backend) {
		list = append(list, spans(line))
	}
	return list
}

// attempts are who was asked, in words.
func (a *answering) attempts() []pageAttempt {
	var list []pageAttempt
	for _, t := range a.trace.attempts {
		note := t.note
		if note == noteRefused {
			note = "" // the status says as much
		}
		list = append(list, pageAttempt{t.backend, t.said(), note, tookText(t.took), t.answer})
	}
	return list
}

// dashboard is the page of the dashboard that tells more of a fault: the log of whom it
// is about, else the requests. It listens on this machine alone, so nobody is led
// there who is elsewhere, or has come by a name that leads through a tunnel.
func (a *answering) dashboard(f *fault) string {
	base := strings.TrimSuffix(a.route.chain.Dashboard, "/")
	client, _, _ := net.SplitHostPort(a.r.RemoteAddr)
	switch {
	case base == "" || !ingress.IsLoopback(client) || a.route.chain.hosts.Configured(a.r.Host):
		return ""
	case f.backend != "":
		at := f.state.Since
		if at.IsZero() {
			at = time.Now()
		}
		return base + "/logs?" + url.Values{"service": {f.backend}, "at": {at.UTC().Format(time.RFC3339)}}.Encode()
	}
	return base + "/requests"
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

// lastsText is a time that goes on, which pages count on by whole seconds.
func lastsText(d time.Duration) string {
	switch s := int(d.Seconds()); {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	default:
		return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
	}
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
