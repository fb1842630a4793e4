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
	word    string   // of X-Devgate-Error
	backend string   // whom it is about; "" for nobody in particular
	title   string   // one line
	said    string   // in the trace; "" for word
	brief   string   // the title where the request stands beside it; "" for title
	detail  string   // why; "" for none
	next    nextStep // what to do; zero for nothing but to wait
	state   State    // of the backend, where that is why
	wait    bool     // it will pass: clients may retry, which Retry-After tells them
	until   reloading
}

// nextStep is what a person can do next.
type nextStep struct {
	Text    string // what to do, or what leads to Command
	Command string // to be run or written; "" for none
}

// String is the step in one line.
func (s nextStep) String() string { return strings.TrimSpace(s.Text + " " + s.Command) }

// reloading is when a page comes back by itself.
type reloading string

// The page asks the gateway's own path for states, and reloads when they have come.
const (
	never        reloading = ""
	untilReady   reloading = "ready"   // the backend is, or is in another state at least
	untilDialed  reloading = "dialed"  // its port accepts connections
	untilChanged reloading = "changed" // any backend has restarted
)

// wordUnanswered is for what nobody has.
const wordUnanswered = "unanswered"

// noted is the word for it in the trace.
func (f *fault) noted() string { return cmp.Or(f.said, f.word) }

// heading is what a page is headed with.
func (f *fault) heading() string { return cmp.Or(f.brief, f.title) }

// explained is what there is to say beside the title, in one line.
func (f *fault) explained() string { return also(f.detail, f.next.String()) }

func also(s, more string) string {
	if s == "" || more == "" {
		return s + more
	}
	return s + "; " + more
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
		title: fmt.Sprintf("the host %q is not allowed", host),
		next:  nextStep{"to allow it, add this to the Devgatefile:", fmt.Sprintf("hosts = [%q]", name)},
	}
}

func faultLoop() *fault {
	return &fault{
		status: http.StatusLoopDetected, word: "loop",
		title: "the request came back to the gateway that sent it", detail: "a backend sends its requests to this gateway",
		next: nextStep{Text: "check its port or url, and its own proxy settings"},
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
	return &fault{
		status: http.StatusServiceUnavailable, word: "starting", backend: backend, wait: true, until: untilReady,
		title: fmt.Sprintf("%s is not ready yet", backend), detail: cmp.Or(s.Reason, "starting"), state: s,
	}
}

// 502 and not 503: it will not pass by itself.
func faultDown(backend string, s State) *fault {
	if s.Stopped {
		return &fault{
			status: http.StatusBadGateway, word: "stopped", backend: backend, until: untilReady, state: s,
			title: backend + " is stopped", next: nextStep{"to start it:", "devgate start " + backend},
		}
	}
	f := &fault{
		status: http.StatusBadGateway, word: "crashed", backend: backend, until: untilReady, state: s,
		title: fmt.Sprintf("%s is down", backend), detail: cmp.Or(s.Reason, "not running"),
	}
	switch again := "devgate restart " + backend; {
	case s.Phase == Waiting: // it is started again by itself
	case s.Heeding:
		f.next = nextStep{"save a fix and it starts again, or:", again}
	default:
		f.next = nextStep{"mend it, and then:", again}
	}
	return f
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
		detail: oneLine(err), next: nextStep{Text: fmt.Sprintf("check that %s runs, and listens on %s", backend, address)}, state: State{Phase: Ready},
	}
}

// There is nothing to wait for: whoever reloads sends the request once more.
func faultBroken(b *Backend, err error) *fault {
	f := &fault{
		status: http.StatusBadGateway, word: "refused", backend: b.Name,
		title: fmt.Sprintf("%s gave no usable answer", b.Name), detail: oneLine(err),
	}
	if !b.Remote { // what another machine's server prints is not here
		f.next = nextStep{"what it printed:", "devgate logs " + b.Name}
	}
	return f
}

// faultHungUp is for a backend that ended the connection instead of answering.
func faultHungUp(b *Backend, err error) *fault {
	f := faultBroken(b, err)
	f.title, f.said = b.Name+" hung up before it answered", "hung up"
	return f
}

// unreachedWord is the word for a backend to which no connection came about.
// The error is a *wire.DialError here, see asking.unreached.
func unreachedWord(err error) string {
	var unsent *wire.DialError
	errors.As(err, &unsent)
	return wordOf(unsent.Reason())
}

func wordOf(r wire.Reason) string {
	switch r {
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
	return faultUnreached(backend, address, unsent.Reason(), unsent.Unwrap())
}

func faultUnreached(backend, address string, reason wire.Reason, err error) *fault {
	f := &fault{status: http.StatusBadGateway, word: wordOf(reason), backend: backend, detail: oneLine(err)}
	switch reason {
	case wire.Late:
		// 504: it is the one reason that is about time.
		f.status, f.detail = http.StatusGatewayTimeout, ""
		f.next.Text = "check its url, and the network"
		f.title = fmt.Sprintf("%s did not answer within %s", backend, wire.DialTimeout)
	case wire.NoHost:
		host, _, _ := net.SplitHostPort(address)
		f.title = fmt.Sprintf("%s: nobody knows the host %q", backend, host)
		f.next.Text = "check its url, and the network"
	case wire.Untrusted:
		f.title = fmt.Sprintf("%s: the certificate of %s is not to be trusted", backend, address)
		f.next = nextStep{"to take it all the same, write", "verify = false"}
	case wire.NoTLS:
		f.title = fmt.Sprintf("%s: %s does not speak TLS", backend, address)
		f.next = nextStep{"if it speaks plain HTTP, write", "http:// in its url"}
	default:
		f.title = fmt.Sprintf("%s: %s cannot be reached", backend, address)
	}
	return f
}

// 413 is about the body; the gateway cannot know whether the last backend would take it.
func faultReplayLimit(limit int64) *fault {
	return &fault{
		status: http.StatusRequestEntityTooLarge, word: "replay_limit",
		title: fmt.Sprintf("the request body is larger than %d bytes and could not be kept for the next backend", limit),
		next:  nextStep{Text: "raise replay_limit in the Devgatefile, or give the backend that should get it `paths` so that it is asked first"},
	}
}

func faultSpool(err error) *fault {
	return &fault{
		status: http.StatusInsufficientStorage, word: "spool",
		title: "the request body could not be kept for the next backend", detail: oneLine(err),
		next: nextStep{Text: "make room in the folder for temporary files, and send it again"},
	}
}

func faultUnanswered(method, target string) *fault {
	return &fault{
		status: http.StatusNotFound, word: wordUnanswered, until: untilChanged,
		title: fmt.Sprintf("no backend answered %s %s", method, target), brief: "no backend answered",
		next: nextStep{"to see it in the terminal:", whyCommand(method, target)},
	}
}

// whyCommand asks for the same request in a terminal.
func whyCommand(method, target string) string {
	if method == http.MethodGet {
		return "devgate why " + quotedForShell(target)
	}
	return "devgate why " + quotedForShell(method) + " " + quotedForShell(target)
}

// plainInShell are the characters that mean nothing to any shell.
const plainInShell = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-%+,:=@"

// quotedForShell makes what came from a client one word for every POSIX shell.
func quotedForShell(s string) string {
	if strings.Trim(s, plainInShell) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// oneLine is an error's text for a place that has one line.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
