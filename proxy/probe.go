package proxy

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
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

// fallback is what is known of one backend's answers to unknown paths. It is
// part of its upstream, and the knowledge ends with the process.
type fallback struct {
	mu      sync.Mutex
	probe   *probe // of the process that is Ready; nil: none yet
	tag     string // ETag of its page; "" when there is none
	told    bool   // the log has it
	closed  bool
	running sync.WaitGroup
}

// probe is one asking for a path that cannot exist.
type probe struct {
	cancel context.CancelFunc
	done   chan struct{}
	result probeResult // set before done is closed, like ended
	ended  time.Time
}

// reset forgets what was found out about a process that is gone.
func (f *fallback) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.probe != nil {
		f.probe.cancel()
	}
	f.probe, f.tag = nil, ""
}

// close ends a probe that is running and waits for it.
func (f *fallback) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.reset()
	f.running.Wait()
}

// begin returns the probe of this process, starting one when there is none or
// when the last one has found nothing out. It returns nil after close.
func (f *fallback) begin(g *Gateway, c *candidate) *probe {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	if p := f.probe; p != nil && !p.vain() {
		return p
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeLimit)
	p := &probe{cancel: cancel, done: make(chan struct{})}
	f.probe = p
	f.running.Go(func() { // ends with the probe's context at the latest
		defer cancel()
		defer close(p.done)
		p.result = g.probeAll(ctx, c, p)
		p.ended = time.Now()
	})
	return p
}

// vain reports whether p ended without a result, and not just now.
func (p *probe) vain() bool {
	select {
	case <-p.done:
		return p.result == undecided && time.Since(p.ended) > probePause
	default:
		return false
	}
}

// learn keeps the ETag of the page, if p is still the probe of the process.
func (f *fallback) learn(p *probe, tag string) (first bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.probe != p {
		return false
	}
	first, f.told = !f.told, true
	f.tag = tag
	return first
}

// isPage reports whether tag is the ETag of the page.
func (f *fallback) isPage(tag string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return tag != "" && tag == f.tag
}

// retag notes the ETag of a page that was just served.
func (f *fallback) retag(tag string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tag = tag
}

// probeAll asks as a browser navigates and as a program fetches: a page in
// answer to either is enough.
func (g *Gateway) probeAll(ctx context.Context, c *candidate, p *probe) probeResult {
	target, ok := unknownPath(c.Paths)
	if !ok {
		return knowsPaths
	}
	result := undecided
	for _, accept := range [...]string{"text/html", "*/*"} {
		resp, err := c.up.transport.roundTrip(ctx, g.probeCall(c, target, accept), asking{})
		if err != nil {
			return undecided
		}
		newKept(resp.Body, drainTime).Close()
		switch {
		case resp.StatusCode == http.StatusOK && isHTML(resp.Header):
			if c.up.fallback.learn(p, resp.Header.Get("Etag")) {
				g.chain.Load().Logf("%s answers paths that it does not know with a page: the backends after it are asked first (spa = false turns this off)", c.Name)
			}
			return answersAll
		case resp.StatusCode < 500:
			result = knowsPaths
		}
	}
	return result
}

// probeCall is a request for target that no client sent.
func (g *Gateway) probeCall(c *candidate, target, accept string) *call {
	return &call{
		method: http.MethodGet, target: target, host: c.host(), client: "127.0.0.1", scheme: "http", loop: g.token,
		header: http.Header{"Accept": {accept}, "User-Agent": {"devgate"}}, trailer: new(http.Header), safe: true,
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
