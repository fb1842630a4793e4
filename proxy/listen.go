package proxy

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"

	"devgate/internal/loopback"
)

// ListenError says which address could not be listened on. errors.Is finds
// the system's reason in it: syscall.EADDRINUSE, syscall.EACCES.
type ListenError struct {
	Host string // the address, without port
	Port int
	Err  error
}

// Error implements error.
func (e *ListenError) Error() string {
	return fmt.Sprintf("listen on %s: %v", net.JoinHostPort(e.Host, strconv.Itoa(e.Port)), e.Err)
}

// Unwrap returns the system's error.
func (e *ListenError) Unwrap() error { return e.Err }

// portTries is how many free ports are tried for one that is free on both
// address families.
const portTries = 20

// Listen opens the gateway's port, once. The host "localhost" (or "") means
// 127.0.0.1 and ::1, where there is one; any other is listened on as it is.
// Port 0 takes a free one. The error is a *ListenError.
func (g *Gateway) Listen(host string, port int) error {
	listeners, err := openAll(host, port, nil)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.take(host, listeners)
	return nil
}

// Move takes the gateway to another host and port, as Listen names them, while
// it serves: new connections come in there from now on, and the old address is
// free. Open connections go on, to the end of their requests. On an error
// nothing has changed. Calls must not overlap.
func (g *Gateway) Move(host string, port int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	listeners, err := openAll(host, port, g.listeners)
	if errors.Is(err, syscall.EADDRINUSE) {
		// It may be the gateway itself: a wildcard address and one of those that
		// it covers exclude each other.
		closeAll(g.listeners)
		if listeners, err = openAll(host, port, nil); err != nil {
			g.reopen()
		}
	}
	if err != nil {
		return err
	}
	for _, old := range g.listeners {
		if !slices.Contains(listeners, old) {
			old.Close()
		}
	}
	g.take(host, listeners)
	g.announce()
	return nil
}

// reopen listens again where the gateway has listened a moment ago.
func (g *Gateway) reopen() {
	port := g.listeners[0].Addr().(*net.TCPAddr).Port
	if listeners, err := openAll(g.host, port, nil); err == nil {
		g.listeners = listeners
		g.announce()
	}
}

// announce tells Serve of new listeners. The lock is held.
func (g *Gateway) announce() {
	select {
	case <-g.moves: // Serve has not taken these up, and they are closed
	default:
	}
	g.moves <- g.listeners
}

// take makes the listeners those of the gateway. The lock is held.
func (g *Gateway) take(host string, listeners []net.Listener) {
	g.listeners, g.host = listeners, hostOrDefault(host)
	ch := *g.chain.Load()
	ch.hosts = newHostList(ch.Hosts)
	if g.open = !isLoopback(g.host); g.open {
		ch.hosts = ch.hosts.withMachine()
	}
	g.chain.Store(&ch)
}

func hostOrDefault(host string) string {
	if host == "" {
		return "localhost"
	}
	return host
}

// openAll listens as Listen says. Of the addresses that are listened on already
// (have), those that stay are taken over as they are.
func openAll(host string, port int, have []net.Listener) (listeners []net.Listener, err error) {
	for range portTries {
		listeners, err = listenAll(addressesOf(hostOrDefault(host)), port, have)
		if err == nil || port != 0 || !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return listeners, err
}

func addressesOf(host string) []string {
	if host == "localhost" {
		return loopback.Hosts()
	}
	return []string{host}
}

// listenAll listens on each host at the same port. A second family that this
// machine does not have is left out.
func listenAll(hosts []string, port int, have []net.Listener) ([]net.Listener, error) {
	var all, opened []net.Listener
	for _, h := range hosts {
		addr := net.JoinHostPort(h, strconv.Itoa(port))
		if i := slices.IndexFunc(have, func(l net.Listener) bool { return l.Addr().String() == addr }); i >= 0 {
			all = append(all, have[i])
			continue
		}
		l, err := net.Listen("tcp", addr)
		if err != nil && len(all) > 0 && noFamily(err) {
			continue
		}
		if err != nil {
			closeAll(opened)
			return nil, &ListenError{Host: h, Port: port, Err: err}
		}
		all, opened = append(all, l), append(opened, l)
		port = l.Addr().(*net.TCPAddr).Port
	}
	return all, nil
}

func noFamily(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// Port returns the port listened on; 0 before Listen.
func (g *Gateway) Port() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.listeners) == 0 {
		return 0
	}
	return g.listeners[0].Addr().(*net.TCPAddr).Port
}

// URL returns what to type into a browser on this machine, such as
// "http://localhost:3000"; "" before Listen.
func (g *Gateway) URL() string {
	port := g.Port()
	if port == 0 {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	host := g.host
	if a, err := netip.ParseAddr(host); err == nil && a.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port))
}
