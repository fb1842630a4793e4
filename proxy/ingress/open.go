package ingress

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"devgate/internal/loopback"
	"devgate/internal/oserr"
)

// Error says which address could not be listened on. Package oserr finds
// the system's reason in it: oserr.AddrInUse, oserr.Forbidden.
type Error struct {
	Host string // the address, without port
	Port int
	Err  error
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("listen on %s: %v", net.JoinHostPort(e.Host, strconv.Itoa(e.Port)), e.Err)
}

// Unwrap returns the system's error.
func (e *Error) Unwrap() error { return e.Err }

// portTries is how many free ports are tried for one that is free on both
// address families.
const portTries = 20

// Open listens for TCP connections on a port of a host. "localhost" (or "") is
// both addresses of this machine, or the one that it has; any other host is
// listened on as it is. Port 0 takes one that is free on all of them. Of the
// addresses that are listened on already (have), those that stay are taken over
// as they are. The error is an *Error; then nothing new is open.
func Open(host string, port int, have []net.Listener) (listeners []net.Listener, err error) {
	for range portTries {
		listeners, err = listenAll(addressesOf(host), port, have)
		if err == nil || port != 0 || !oserr.AddrInUse.In(err) {
			break
		}
	}
	return listeners, err
}

func addressesOf(host string) []string {
	if host == "localhost" || host == "" {
		return loopback.Hosts()
	}
	return []string{host}
}

// listenAll listens on each host at the same port. A second family that this
// machine does not have is left out.
func listenAll(hosts []string, port int, have []net.Listener) ([]net.Listener, error) {
	wait := time.Duration(loopback.Lingering)
	if port == 0 || len(have) > 0 {
		wait = 0 // another port will do, or the caller has what is in the way
	}
	var all, opened []net.Listener
	for _, h := range hosts {
		addr := net.JoinHostPort(h, strconv.Itoa(port))
		if i := slices.IndexFunc(have, func(l net.Listener) bool { return l.Addr().String() == addr }); i >= 0 {
			all = append(all, have[i])
			continue
		}
		l, err := loopback.ListenAt(addr, wait)
		if err != nil && len(all) > 0 && noFamily(err) {
			continue
		}
		if err != nil {
			Close(opened)
			return nil, &Error{Host: h, Port: port, Err: err}
		}
		all, opened = append(all, l), append(opened, l)
		port = l.Addr().(*net.TCPAddr).Port
	}
	return all, nil
}

func noFamily(err error) bool {
	return oserr.AddrMissing.In(err) || oserr.NoFamily.In(err)
}

// Close closes them all.
func Close(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// IsLoopback reports whether only this machine reaches what listens on host.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
