// Package loopback is where "this machine" is spelt out: which addresses
// `localhost` stands for, and in which order they are tried.
//
// # Guarantees
//
//   - 127.0.0.1 comes first, ::1 second, everywhere: what is listened on, dialled,
//     and shown to people is in the same order.
//   - A machine without IPv6 has one of them, and nothing fails for want of the
//     other.
package loopback

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"devgate/internal/oserr"
)

// The hosts.
const (
	IPv4 = "127.0.0.1"
	IPv6 = "::1"
)

// Hosts are both, in order.
func Hosts() []string { return []string{IPv4, IPv6} }

// Addresses are those of a port on both hosts, as net.Dial wants them.
func Addresses(port int) []string {
	number := strconv.Itoa(port)
	return []string{net.JoinHostPort(IPv4, number), net.JoinHostPort(IPv6, number)}
}

// Reaches reports whether a connection to one of the Hosts arrives at a listener
// on the address: it is one of them, or stands for all addresses.
func Reaches(listener netip.Addr) bool {
	host := listener.Unmap().WithZone("")
	return host.IsUnspecified() || slices.Contains(Hosts(), host.String())
}

// Listen listens for TCP connections on the port of both hosts, or of the one
// that this machine has. It is all or nothing: a port that somebody else has on
// one host only is an error.
func Listen(port int) ([]net.Listener, error) {
	var all []net.Listener
	var missing error
	for _, address := range Addresses(port) {
		l, err := ListenAt(address, Lingering)
		switch {
		case err == nil:
			all = append(all, l)
		case oserr.AddrMissing.In(err), oserr.NoFamily.In(err):
			missing = err
		default:
			for _, l := range all {
				l.Close()
			}
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, missing
	}
	return all, nil
}

// ListenAt listens for TCP connections on an address, for itself alone: where a system would
// let somebody else listen there too, it is told not to. An address that somebody has may
// become free within wait, which is 0 or Lingering.
func ListenAt(address string, wait time.Duration) (net.Listener, error) {
	config := net.ListenConfig{Control: alone}
	var l net.Listener
	err := untilOver(wait, func() (err error) {
		l, err = config.Listen(context.Background(), "tcp", address)
		return err
	})
	if err != nil {
		return nil, err
	}
	return lasting(l), nil
}

// untilOver repeats open, until for this long somebody has had the address.
func untilOver(limit time.Duration, open func() error) error {
	for end := time.Now().Add(limit); ; <-time.After(pause) {
		if err := open(); !oserr.AddrInUse.In(err) || !time.Now().Before(end) {
			return err
		}
	}
}

const pause = 20 * time.Millisecond

// Dial opens a TCP connection to a port of this machine, on the first host that
// accepts it. The error is the first host's, unless that host is not there.
func Dial(ctx context.Context, port int) (*net.TCPConn, error) {
	var dialer net.Dialer
	var first error
	for _, address := range Addresses(port) {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.(*net.TCPConn), nil
		}
		if first == nil || oserr.AddrMissing.In(first) {
			first = err
		}
	}
	return nil, first
}
