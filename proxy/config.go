package proxy

import (
	"net"
	"net/url"
	"strconv"
	"time"

	"devgate/proxy/wire"
)

// NotFound says what a browser navigation gets that every backend refused.
type NotFound int

const (
	// Explain shows who was asked and what each said. It is the zero value.
	Explain NotFound = iota
	// Pass hands out the chosen 404 of the backends untouched.
	Pass
)

// Config describes one gateway. The zero value of each field is a working
// default; a Config is not changed by the gateway and may be used again.
type Config struct {
	// Name of the project, for the pages. Empty: "devgate".
	Name string
	// Backends in the order in which they are asked.
	Backends []Backend
	// Static is a folder asked for GET and HEAD after every backend refused.
	// Empty: none. It need not exist yet.
	Static string
	// Hold is how long a request waits for a backend that is starting.
	// 0: 15 s. A browser navigation waits at most 1 s.
	Hold time.Duration
	// ReplayLimit is the size in bytes up to which a request body is kept
	// for the next backend. 0: 1 GiB.
	ReplayLimit int64
	// Hosts are further Host names to accept; "*.example.test" accepts every
	// name below example.test. Ports in them are ignored.
	Hosts []string
	// Speculate asks a backend that has answered the very same GET or HEAD
	// before at once with the slow ones before it. The answer is the same, but
	// sooner. False: backends are asked one after the other.
	Speculate bool
	// Keep keeps what goes over the wire, for Detail and Replay. False: nothing is
	// kept but the record of each request.
	Keep bool
	// NotFound chooses the answer to a navigation nobody answered.
	NotFound NotFound
	// Dashboard is the URL of the page that shows more of the project; the gateway's
	// pages link to what they tell of there. Empty: there is none.
	Dashboard string
	// Tail returns the last lines that a backend has printed, for the pages about it;
	// SGR sequences in them are their colours. It must not block. Nil: none.
	Tail func(backend string) []string
	// Observe gets what was decided for each request that a backend or the static
	// folder answers, before the answer goes out. It must not block, nor keep what it
	// is given. Nil: nobody does.
	Observe func(*Observation)
	// Logf gets one line, without a newline, for each thing the developer
	// should see (a refused host, a full disk). It must not block. Nil: none.
	Logf func(format string, args ...any)
}

// Backend is one server of the cascade. Port or URL says where it is.
type Backend struct {
	// Name as in the Devgatefile; unique among the backends.
	Name string
	// Port on this machine; 127.0.0.1 and ::1 are both tried.
	Port int
	// URL is used instead of Port when it is not nil: scheme http or https,
	// and a host. A path in it is ignored.
	URL *url.URL
	// Remote marks a server that devgate does not start: it gets its URL's
	// Host instead of the client's, and it is Ready from the beginning.
	Remote bool
	// Paths restricts the backend to matching request paths. Empty: all.
	// See pattern for the syntax.
	Paths []string
	// Final makes its answer the end of the cascade, also a 404.
	Final bool
	// Fallthrough are the statuses that pass a request on. Nil: 404 alone.
	// Empty but not nil: none.
	Fallthrough []int
	// Optional skips the backend while it is Down or cannot be reached, instead of
	// answering 502.
	Optional bool
	// Unverified takes any certificate of a backend with an https URL.
	Unverified bool
	// SPA says whether its pages for unknown paths give way to the answers of
	// the backends after it. The zero value finds out.
	SPA SPA
	// H2C speaks HTTP/2 without TLS to the backend (gRPC).
	H2C bool
}

// withDefaults returns c with every zero setting replaced by its default.
func (c Config) withDefaults() Config {
	if c.Name == "" {
		c.Name = "devgate"
	}
	if c.Hold == 0 {
		c.Hold = defaultHold
	}
	if c.ReplayLimit == 0 {
		c.ReplayLimit = defaultReplayLimit
	}
	if c.Tail == nil {
		c.Tail = func(string) []string { return nil }
	}
	if c.Logf == nil {
		c.Logf = func(string, ...any) {}
	}
	return c
}

// host is the Host header for a Remote backend.
func (b *Backend) host() string {
	if b.URL == nil {
		return net.JoinHostPort("localhost", strconv.Itoa(b.Port))
	}
	return b.URL.Host
}

// secure reports whether the backend is reached over TLS.
func (b *Backend) secure() bool { return b.URL != nil && b.URL.Scheme == "https" }

// origin is where the backend is for the connections to it.
func (b *Backend) origin() wire.Origin {
	o := wire.Origin{Address: b.address(), TLS: b.secure(), H2C: b.H2C, Unverified: b.Unverified}
	if b.Remote {
		o.Host = b.host()
	}
	return o
}

// address is what identifies the backend's place on the network, and what is
// shown to people.
func (b *Backend) address() string {
	if b.URL == nil {
		return net.JoinHostPort("localhost", strconv.Itoa(b.Port))
	}
	if b.URL.Port() != "" {
		return b.URL.Host
	}
	if b.secure() {
		return net.JoinHostPort(b.URL.Hostname(), "443")
	}
	return net.JoinHostPort(b.URL.Hostname(), "80")
}

// SPA says whether a backend answers paths that it does not know with a page
// of its own, as the development servers of front ends do (G6).
type SPA int

const (
	// Auto: the gateway asks the backend for such a path when it is Ready. It
	// is the zero value.
	Auto SPA = iota
	// On: it does, without asking.
	On
	// Off: it does not; every answer is taken as it is.
	Off
)
