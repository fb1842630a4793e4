package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"devgate/internal/loopback"
)

const (
	DialTimeout = 10 * time.Second
	// familyPatience is how much longer 127.0.0.1 may take than ::1 when a
	// backend listens on both, so that the choice is the same each time.
	familyPatience = 10 * time.Millisecond
)

// DialError says that no connection was made, so nothing was sent.
type DialError struct {
	address string
	secured bool // it was the handshake that failed, on an open connection
	err     error
}

// Error implements error.
func (e *DialError) Error() string { return "dial " + e.address + ": " + e.err.Error() }

// Unwrap returns the reason.
func (e *DialError) Unwrap() error { return e.err }

// Reason is why no connection came about.
type Reason uint8

// The reasons.
const (
	Refused   Reason = iota // nobody is there, or it cannot be reached
	Late                    // it let the connection hang for DialTimeout
	NoHost                  // nobody knows the name
	Untrusted               // its certificate is not to be trusted, or is another's
	NoTLS                   // it does not speak TLS
)

// Reason tells them apart. The context that set the limit is not always in the
// error: the system's own deadline may come first.
func (e *DialError) Reason() Reason {
	var timeout net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(e.err, &name) && !name.IsTimeout:
		return NoHost
	// A name that could not be looked up in time is late and not unknown.
	case errors.As(e.err, &timeout) && timeout.Timeout():
		return Late
	case errors.As(e.err, &certificate):
		return Untrusted
	case e.secured:
		return NoTLS
	}
	return Refused
}

// dialer opens connections to one backend. A name that stands for this machine
// is tried on both address families, and the one that answered is remembered.
type dialer struct {
	address string // as shown to people
	local   []string
	tls     *tls.Config
	limit   time.Duration // of one attempt
	winner  atomic.Pointer[string]
}

func newDialer(o Origin) *dialer {
	d := &dialer{address: o.Address, limit: DialTimeout}
	host, port, _ := net.SplitHostPort(d.address)
	if host == "localhost" {
		for _, a := range loopback.Hosts() {
			d.local = append(d.local, net.JoinHostPort(a, port))
		}
	}
	if o.TLS {
		// A ServerName is checked against the certificate; HTTP/2 over TLS is not
		// offered, as h1 speaks on it.
		d.tls = &tls.Config{ServerName: host, NextProtos: []string{"http/1.1"}, RootCAs: o.Roots, InsecureSkipVerify: o.Unverified}
	}
	return d
}

// dial opens a connection. Every error it returns is a *DialError.
func (d *dialer) dial(ctx context.Context) (net.Conn, error) {
	// The limit is of name, connection and handshake together.
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	nc, err := d.dialPlain(ctx)
	if err != nil {
		return nil, &DialError{d.address, false, err}
	}
	if d.tls == nil {
		return nc, nil
	}
	if nc, err = d.handshake(ctx, nc); err != nil {
		return nil, &DialError{d.address, true, err}
	}
	return nc, nil
}

func (d *dialer) handshake(ctx context.Context, nc net.Conn) (net.Conn, error) {
	tc := tls.Client(nc, d.tls)
	if err := tc.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, err
	}
	return tc, nil
}

func (d *dialer) dialPlain(ctx context.Context) (net.Conn, error) {
	if d.local == nil {
		return dialTCP(ctx, d.address)
	}
	// The one that answered last; where it does not any more, both are tried again.
	if w := d.winner.Load(); w != nil {
		if nc, err := dialTCP(ctx, *w); err == nil {
			return nc, nil
		}
	}
	return d.race(ctx)
}

// After a restart a server may listen on the other family.
func (d *dialer) forget() { d.winner.Store(nil) }

// race dials both families at once and takes the first of them in order that
// answers in time.
// A server may listen on one family only, and which one differs by language. In order, so
// that two servers which share a port number are told apart the same way each time.
func (d *dialer) race(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	first, second := dialAside(ctx, d.local[0]), dialAside(ctx, d.local[1])
	var a, b dialed
	select {
	case a = <-first:
	case b = <-second:
		// The second has answered first, or failed: the first gets a moment, or all the
		// time that there is.
		a = within(first, familyPatience, b.err != nil)
	}
	if a.nc != nil {
		d.winner.Store(&d.local[0])
		discard(cancel, second, b)
		return a.nc, nil
	}
	// The first has failed, and of the second nothing is known yet.
	if b == (dialed{}) {
		b = <-second
	}
	if b.nc != nil {
		d.winner.Store(&d.local[1])
		discard(cancel, first, a)
		return b.nc, nil
	}
	cancel()
	return nil, errors.Join(a.err, b.err)
}

// dialed is what came of one dial; the zero value: nothing yet.
type dialed struct {
	nc  net.Conn
	err error
}

// It has room for its one result, so the goroutine ends even if nobody waits for it.
func dialAside(ctx context.Context, address string) <-chan dialed {
	done := make(chan dialed, 1)
	go func() {
		nc, err := dialTCP(ctx, address)
		done <- dialed{nc, err}
	}()
	return done
}

// within waits for a dial: for so long, or without limit when it is the only
// one left.
func within(done <-chan dialed, patience time.Duration, only bool) dialed {
	if only {
		return <-done
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case r := <-done:
		return r
	case <-t.C:
		return dialed{}
	}
}

// discard ends the dial that lost and closes what it may have opened. known is
// its result, if that has been received.
// The loser is waited for, and not left to itself: no connection of it may stay open.
func discard(cancel context.CancelFunc, loser <-chan dialed, known dialed) {
	cancel()
	if known == (dialed{}) {
		known = <-loser
	}
	if known.nc != nil {
		known.nc.Close()
	}
}

func dialTCP(ctx context.Context, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}
