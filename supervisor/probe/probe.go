// Package probe finds out whether a service can be used: whether something
// accepts connections on its port, or answers an HTTP request.
//
// An Attempt is one look; Until repeats it, quickly at first, until it
// succeeds or the context ends. Nothing here outlives its call.
package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"devgate/internal/loopback"
	"devgate/internal/oserr"
)

// ErrNobody is what an Attempt finds where nobody listens on the port.
var ErrNobody = errors.New("nothing listens")

// Attempt looks once; nil means ready, an error says what is missing.
type Attempt func(ctx context.Context) error

const (
	firstPause     = 5 * time.Millisecond
	defaultPause   = 100 * time.Millisecond
	attemptTimeout = 5 * time.Second
)

// Until repeats an attempt until it succeeds (nil) or ctx ends (its cause).
// The pause between two attempts grows from 5 ms to interval (0: 100 ms);
// report is told why each failed.
func Until(ctx context.Context, interval time.Duration, attempt Attempt, report func(error)) error {
	if interval <= 0 {
		interval = defaultPause
	}
	for pause := min(firstPause, interval); ; pause = min(2*pause, interval) {
		err := once(ctx, attempt)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

func once(ctx context.Context, attempt Attempt) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	return attempt(ctx)
}

// dial connects to the port on this machine, on whichever address listens.
func dial(ctx context.Context, port int) (net.Conn, error) {
	conn, err := loopback.Dial(ctx, port)
	switch {
	case err == nil:
		return conn, nil
	case oserr.Refused.In(err):
		return nil, fmt.Errorf("%w on localhost:%d", ErrNobody, port)
	}
	return nil, err
}

// TCP is ready when a connection to the port is accepted.
func TCP(port int) Attempt {
	return func(ctx context.Context) error {
		conn, err := dial(ctx, port)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// Protocol is what a service speaks to whoever asks it.
type Protocol uint8

// The protocols. The zero Protocol is HTTP1.
const (
	HTTP1 Protocol = iota
	H2C            // HTTP/2 without TLS, with prior knowledge
)

// HTTP is ready when GET path on the port, in the service's own protocol, answers
// with status; 0 stands for any status below 400. Redirects are not followed.
func HTTP(port int, path string, status int, protocol Protocol) Attempt {
	// One connection for each attempt: it is closed with the answer.
	transport := &http.Transport{
		DisableKeepAlives: true, Protocols: protocol.protocols(),
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, port) },
	}
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     transport,
	}
	url := "http://localhost:" + strconv.Itoa(port) + path
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("check readiness: %w", err)
		}
		answer, err := client.Do(request)
		if err != nil {
			return fmt.Errorf("GET %s%s: %w", path, protocol, errors.Unwrap(err))
		}
		defer answer.Body.Close()
		io.CopyN(io.Discard, answer.Body, 64<<10) // an aborted answer would be a stack trace in some servers' logs
		if answer.StatusCode == status || status == 0 && answer.StatusCode < 400 {
			return nil
		}
		return fmt.Errorf("GET %s answers %d, not %s", path, answer.StatusCode, wanted(status))
	}
}

func (p Protocol) protocols() *http.Protocols {
	var all http.Protocols
	all.SetHTTP1(p == HTTP1)
	all.SetUnencryptedHTTP2(p == H2C)
	return &all
}

// String says which protocol it was, where that is not the usual one.
func (p Protocol) String() string {
	if p == H2C {
		return " by h2c"
	}
	return ""
}

func wanted(status int) string {
	if status == 0 {
		return "2xx or 3xx"
	}
	return strconv.Itoa(status)
}
