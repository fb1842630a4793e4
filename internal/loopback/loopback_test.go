package loopback

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/oserr"
)

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

func TestBothHostsAreListenedOnInOrder(t *testing.T) {
	free, err := net.Listen("tcp", Addresses(0)[0])
	if err != nil {
		t.Fatal(err)
	}
	port := portOf(free)
	free.Close()
	all, err := Listen(port)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range all {
		defer l.Close()
		if l.Addr().String() != Addresses(port)[i] {
			t.Errorf("listens on %v, want %s", l.Addr(), Addresses(port)[i])
		}
	}
	if !hasIPv6() && len(all) != 1 || hasIPv6() && len(all) != 2 {
		t.Errorf("listens on %d hosts", len(all))
	}
}

// hasIPv6 reports whether this machine has ::1.
func hasIPv6() bool {
	l, err := net.Listen("tcp", Addresses(0)[1])
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// What is taken on one host only is not half taken by us.
func TestAPortThatIsTakenOnOneHostIsNotTakenOnTheOther(t *testing.T) {
	for i, host := range Hosts() {
		other, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Logf("this machine has no %s", host)
			continue
		}
		defer other.Close()
		if all, err := Listen(portOf(other)); !oserr.AddrInUse.In(err) || all != nil {
			t.Errorf("%s: got %v, %v", host, all, err)
		}
		again, err := net.Listen("tcp", Addresses(portOf(other))[1-i])
		if err != nil {
			t.Errorf("the other host stays taken: %v", err)
			continue
		}
		again.Close()
	}
}

func TestDialFindsAServerOnEitherHostTheFirstOneFirst(t *testing.T) {
	for i, host := range Hosts() {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Logf("this machine has no %s", host)
			continue
		}
		conn, err := Dial(t.Context(), portOf(l))
		if err != nil || conn.RemoteAddr().String() != Addresses(portOf(l))[i] {
			t.Errorf("%s: got %v, %v", host, conn, err)
		}
		conn.Close()
		port := portOf(l)
		l.Close()
		if _, err := Dial(t.Context(), port); !oserr.Refused.In(err) || !strings.Contains(err.Error(), IPv4) {
			t.Errorf("nobody listens: got %v", err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Dial(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyListenersOnLocalhostOrOnAllAddressesAreReached(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1": true, "::1": true, "0.0.0.0": true, "::": true, "::ffff:127.0.0.1": true,
		"127.0.0.2": false, "192.0.2.7": false, "fe80::1%lo": false, "::ffff:127.0.0.2": false,
	} {
		if got := Reaches(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

// An address that others have had a moment ago is tried for a while, and no longer than that.
func TestAnAddressThatIsJustClosedIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		tries := 0
		err := untilOver(time.Second, func() error {
			if tries++; time.Since(began) < 500*time.Millisecond {
				return oserr.AddrInUse.Err()
			}
			return nil
		})
		if took := time.Since(began); err != nil || took != 500*time.Millisecond || tries < 3 {
			t.Errorf("%v after %v and %d tries", err, took, tries)
		}
		for _, c := range []struct {
			limit, takes time.Duration
			err          error
		}{{0, 0, oserr.AddrInUse.Err()}, {time.Second, time.Second, oserr.AddrInUse.Err()}, {time.Second, 0, oserr.Forbidden.Err()}} {
			began = time.Now()
			err := untilOver(c.limit, func() error { return c.err })
			if took := time.Since(began); err != c.err || took != c.takes {
				t.Errorf("%+v: %v after %v", c, err, took)
			}
		}
	})
}
