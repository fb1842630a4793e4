package proxy

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"devgate/proxy/ingress"
	"devgate/proxy/wire"
)

// fault is an answer of the gateway's own.
// It is made where it is known what is wrong, and put into a form by page.go for whoever
// asks.
type fault struct {
	status  int
	word    string // of X-Devgate-Error
	backend string // whom it is about; "" for nobody in particular
	title   string // one line
	said    string // in the trace; "" for word
	brief   string // the title where the request stands beside it; "" for title
	detail  string // what to do, or why; "" for none
	log     []string
	wait    bool // it will pass: clients may retry, which Retry-After tells them
	until   reloading
}

// reloading is when a page comes back by itself.
type reloading string

// The page asks the gateway's own path for states, and reloads when they have come.
const (
	never        reloading = ""
	untilReady   reloading = "ready"   // the backend is
	untilDialed  reloading = "dialed"  // its port accepts connections
	untilChanged reloading = "changed" // any backend has restarted
)

// noted is the word for it in the trace.
func (f *fault) noted() string { return cmp.Or(f.said, f.word) }

// heading is what a page is headed with.
func (f *fault) heading() string {
	if f.brief != "" {
		return f.brief
	}
	return f.title
}

// DNS rebinding is why: a page of another site that gets its name to mean this machine
// must not reach the servers.
func faultHost(host string) *fault {
	name := ingress.HostName(host)
	if name == "" {
		name = "..."
	}
	return &fault{
		status: http.StatusForbidden, word: "host",
		title:  fmt.Sprintf("the host %q is not allowed", host),
		detail: fmt.Sprintf("to allow it, add this to the Devgatefile: hosts = [%q]", name),
	}
}

func faultLoop() *fault {
	return &fault{
		status: http.StatusLoopDetected, word: "loop",
		title:  "the request came back to the gateway that sent it",
		detail: "a backend sends its requests to this gateway; check its port or url, and its own proxy settings",
	}
}

func faultRequest(title string) *fault {
	return &fault{status: http.StatusBadRequest, word: "request", title: title}
}

// faultGone is for a client that has left, so nobody reads it as a rule; one
// whose request the end of the gateway broke off does.
func faultGone() *fault {
	return &fault{status: http.StatusServiceUnavailable, word: wordGone, title: "the request was broken off"}
}

// wordGone is noted for requests whose client did not wait for an answer.
const wordGone = "client left"

func faultStarting(backend string, s State) *fault {
	reason := s.Reason
	if reason == "" {
		reason = "starting"
	}
	return &fault{
		status: http.StatusServiceUnavailable, word: "starting", backend: backend, wait: true, until: untilReady,
		title: fmt.Sprintf("%s is not ready yet", backend), detail: reason, log: s.Log,
	}
}

// 502 and not 503: it will not pass by itself.
func faultDown(backend string, s State) *fault {
	if s.Stopped {
		return &fault{
			status: http.StatusBadGateway, word: "stopped", backend: backend, until: untilReady,
			title: backend + " is stopped", detail: "to start it: devgate start " + backend, log: s.Log,
		}
	}
	reason := s.Reason
	if reason == "" {
		reason = "not running"
	}
	return &fault{
		status: http.StatusBadGateway, word: "crashed", backend: backend, until: untilReady,
		title: fmt.Sprintf("%s is down", backend), detail: reason, log: s.Log,
	}
}

// faultWentDown is for a backend that broke an answer off and turns out to be
// down.
func faultWentDown(backend string, s State) *fault {
	f := faultDown(backend, s)
	f.title = backend + " went down while it was answering"
	return f
}

// It should be ready by its state, so the page comes back when the port answers, and not
// when the state changes.
func faultRefused(backend string, address string, err error) *fault {
	return &fault{
		status: http.StatusBadGateway, word: "refused", backend: backend, until: untilDialed,
		title:  fmt.Sprintf("%s should be ready, but %s does not accept connections", backend, address),
		detail: oneLine(err),
	}
}

// There is nothing to wait for: whoever reloads sends the request once more.
func faultBroken(backend string, err error) *fault {
	return &fault{
		status: http.StatusBadGateway, word: "refused", backend: backend,
		title: fmt.Sprintf("%s gave no usable answer", backend), detail: oneLine(err),
	}
}

// faultHungUp is for a backend that ended the connection instead of answering.
func faultHungUp(backend string, err error) *fault {
	f := faultBroken(backend, err)
	f.title, f.said = backend+" hung up before it answered", "hung up"
	return f
}

// unreachedWord is the word for a backend to which no connection came about.
// The error is a *wire.DialError here, see asking.unreached.
func unreachedWord(err error) string {
	var unsent *wire.DialError
	errors.As(err, &unsent)
	switch unsent.Reason() {
	case wire.NoHost:
		return "dns"
	case wire.Untrusted, wire.NoTLS:
		return "tls"
	case wire.Late:
		return "timeout"
	}
	return "refused"
}

// faultUnreachable is for a backend to which no connection can come about, however
// often it is tried.
func faultUnreachable(backend, address string, err error) *fault {
	var unsent *wire.DialError
	errors.As(err, &unsent)
	f := &fault{status: http.StatusBadGateway, word: unreachedWord(err), backend: backend, detail: oneLine(unsent.Unwrap())}
	switch unsent.Reason() {
	case wire.Late:
		// 504: it is the one reason that is about time.
		f.status, f.detail = http.StatusGatewayTimeout, ""
		f.title = fmt.Sprintf("%s did not answer within %s", backend, wire.DialTimeout)
	case wire.NoHost:
		host, _, _ := net.SplitHostPort(address)
		f.title = fmt.Sprintf("%s: nobody knows the host %q", backend, host)
		f.detail += "; check its url, and the network"
	case wire.Untrusted:
		f.title = fmt.Sprintf("%s: the certificate of %s is not to be trusted", backend, address)
		f.detail += "; to take it all the same, write verify = false"
	case wire.NoTLS:
		f.title = fmt.Sprintf("%s: %s does not speak TLS", backend, address)
		f.detail += "; if it speaks plain HTTP, write http:// in its url"
	default:
		f.title = fmt.Sprintf("%s: %s cannot be reached", backend, address)
	}
	return f
}

// 413 is about the body; the gateway cannot know whether the last backend would take it.
func faultReplayLimit(limit int64) *fault {
	return &fault{
		status: http.StatusRequestEntityTooLarge, word: "replay_limit",
		title:  fmt.Sprintf("the request body is larger than %d bytes and could not be kept for the next backend", limit),
		detail: "raise replay_limit in the Devgatefile, or give the backend that should get it `paths` so that it is asked first",
	}
}

func faultSpool(err error) *fault {
	return &fault{
		status: http.StatusInsufficientStorage, word: "spool",
		title: "the request body could not be kept for the next backend", detail: oneLine(err),
	}
}

func faultUnanswered(method, target string) *fault {
	return &fault{
		status: http.StatusNotFound, word: "unanswered", until: untilChanged,
		title: fmt.Sprintf("no backend answered %s %s", method, target), brief: "no backend answered",
	}
}

// oneLine is an error's text for a place that has one line.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
