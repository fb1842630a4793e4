package proxy

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"

	"devgate/proxy/wire"
)

const (
	// probeLimit ends a probe: some servers answer nothing before their first
	// build is done.
	probeLimit = 30 * time.Second
	// probePatience is how long an answer that may be a fallback waits for a
	// probe that is under way.
	probePatience = 2 * time.Second
	// probePause is the least time between two probes of one process.
	probePause = time.Second
)

// probeResult is what a probe found out.
type probeResult int

const (
	undecided probeResult = iota // no answer, or one that says nothing
	knowsPaths
	answersAll
)

// fallback is what is known of one process's answers to unknown paths. It is
// part of its endpoint, so the knowledge ends with the process.
type fallback struct {
	running *sync.WaitGroup // the upstream's

	mu     sync.Mutex
	probes map[string]*probe // by the paths that they were made for
	tag    string            // ETag of the page; "" when there is none
	closed bool
}

// probe is one asking for a path that cannot exist.
type probe struct {
	cancel context.CancelFunc
	done   chan struct{}
	result probeResult // set before done is closed, like ended
	ended  time.Time
}

// close breaks off the probes that are running; they are counted in running.
func (f *fallback) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for _, p := range f.probes {
		p.cancel()
	}
}

// probe returns the probe of the process at this endpoint, starting one when there
// is none for c's paths or when the last one has found nothing out. It returns
// nil after the fallback's close.
func (at *endpoint) probe(g *Gateway, c *candidate) *probe {
	f, paths := &at.fallback, strings.Join(c.Paths, "\n")
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	if p := f.probes[paths]; p != nil && !p.vain() {
		return p
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeLimit)
	p := &probe{cancel: cancel, done: make(chan struct{})}
	if f.probes == nil {
		f.probes = make(map[string]*probe)
	}
	f.probes[paths] = p
	f.running.Go(func() { // ends with the probe's context at the latest
		defer cancel()
		defer close(p.done)
		p.result = g.probeAll(ctx, c, at)
		p.ended = time.Now()
	})
	return p
}

// over reports whether p has ended.
func (p *probe) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// vain reports whether p ended without a result, and not just now.
func (p *probe) vain() bool {
	return p.over() && p.result == undecided && time.Since(p.ended) > probePause
}

// isPage reports whether tag is the ETag of the page.
func (f *fallback) isPage(tag string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return tag != "" && tag == f.tag
}

// retag notes the ETag of the page as it was just served.
func (f *fallback) retag(tag string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tag = tag
}

// probeAll asks as a browser navigates and as a program fetches: a page in
// answer to either is enough.
func (g *Gateway) probeAll(ctx context.Context, c *candidate, at *endpoint) probeResult {
	target, ok := unknownPath(c.Paths)
	if !ok {
		return knowsPaths
	}
	result := undecided
	for _, accept := range [...]string{"text/html", "*/*"} {
		resp, err := at.transport.RoundTrip(ctx, g.probeCall(at, target, accept), wire.Try{})
		if err != nil {
			return undecided
		}
		resp.Body.Discard(drainTime)
		switch {
		case resp.Status == http.StatusOK && isHTML(resp.Header):
			at.fallback.retag(resp.Header.Get("Etag"))
			if c.up.told.CompareAndSwap(false, true) {
				g.chain.Load().Logf("%s answers paths that it does not know with a page: the backends after it are asked first (spa = false turns this off)", c.Name)
			}
			return answersAll
		case resp.Status < 500:
			result = knowsPaths
		}
	}
	return result
}

// probeCall is a request for target that no client sent.
func (g *Gateway) probeCall(at *endpoint, target, accept string) *wire.Request {
	return &wire.Request{
		Method: http.MethodGet, Target: target, Host: at.address, Client: "127.0.0.1", Scheme: "http", Loop: g.token,
		Header: http.Header{"Accept": {accept}, "User-Agent": {"devgate"}}, Safe: true,
	}
}

// unknownPath makes up a path that the backend would be asked for and that
// cannot exist; false when paths leaves no room for one.
func unknownPath(paths []string) (string, bool) {
	name := "__devgate_probe_" + strings.ToLower(rand.Text()[:12])
	if len(paths) == 0 {
		return "/" + name, true
	}
	for _, p := range paths {
		if strings.Contains(p, "*") {
			return strings.ReplaceAll(p, "*", name), true
		}
	}
	return "", false
}
