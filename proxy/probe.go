package proxy

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"devgate/internal/loopback"
	"devgate/proxy/wire"
)

const (
	// probeLimit ends a probe: some servers answer nothing before their first
	// build is done.
	probeLimit = 30 * time.Second
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

// prober is what all probes of a gateway have in common.
type prober struct {
	token string // tells the gateway's own requests
	logf  func(format string, args ...any)
}

// pages is what is known of one process's answers to unknown paths. It is part of
// its endpoint, so the knowledge ends with the process.
type pages struct {
	prober
	address   string
	transport wire.Transport
	told      *atomic.Bool    // of the backend: the log says that it answers everything
	sends     *atomic.Bool    // likewise: it has sent a page, so it may be asked for one
	running   *sync.WaitGroup // likewise: all that its endpoints do by themselves

	mu         sync.Mutex
	probes     map[string]*probe // by the paths that they were made for
	seen       bool              // a page of this process
	validators []string          // of the pages last seen: tags, and dates
	closed     bool
}

// probe is one asking for a path that cannot exist.
type probe struct {
	cancel context.CancelFunc
	done   chan struct{}
	result probeResult // set before done is closed, like ended
	ended  time.Time
}

// close breaks off the probes that are running; they are counted in running.
func (k *pages) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	for _, p := range k.probes {
		p.cancel()
	}
}

// made returns the probe that was made for these paths of the backend, or nil.
func (k *pages) made(paths []string) *probe {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.probes[strings.Join(paths, "\n")]
}

// probe returns the probe of the process, starting one when there is none for
// these paths of the backend, or when the last one has found nothing out. It
// returns nil after close.
func (k *pages) probe(name string, paths []string) *probe {
	key := strings.Join(paths, "\n")
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil
	}
	if p := k.probes[key]; p != nil && !p.vain() {
		return p
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeLimit)
	p := &probe{cancel: cancel, done: make(chan struct{})}
	if k.probes == nil {
		k.probes = make(map[string]*probe)
	}
	k.probes[key] = p
	k.running.Go(func() { // ends with the probe's context at the latest
		defer cancel()
		defer close(p.done)
		p.result = k.ask(ctx, name, paths)
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

// ask asks as a browser navigates and as a program fetches: a page in answer to
// either is enough.
func (k *pages) ask(ctx context.Context, name string, paths []string) probeResult {
	target, ok := unknownPath(paths)
	if !ok {
		return knowsPaths
	}
	result := undecided
	for _, accept := range [...]string{"text/html", "*/*"} {
		resp, err := k.transport.RoundTrip(ctx, k.request(target, accept), wire.Try{})
		if err != nil {
			return undecided
		}
		resp.Body.Discard(drainTime)
		switch {
		case resp.Status == http.StatusOK && isHTML(resp.Header):
			k.keep(resp)
			if k.told.CompareAndSwap(false, true) {
				k.logf("%s answers paths that it does not know with a page: the backends after it are asked first (spa = false turns this off)", name)
			}
			return answersAll
		case resp.Status < 500:
			result = knowsPaths
		}
	}
	return result
}

// request is one for target that no client sent.
func (k *pages) request(target, accept string) *wire.Request {
	return &wire.Request{
		Method: http.MethodGet, Target: target, Host: k.address, Client: loopback.IPv4, Scheme: "http", Loop: k.token,
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
