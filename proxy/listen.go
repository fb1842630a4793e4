package proxy

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
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
	if host == "" {
		host = "localhost"
	}
	var err error
	var listeners []net.Listener
	for range portTries {
		listeners, err = listenAll(addressesOf(host), port)
		if err == nil || port != 0 || !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.listeners, g.host = listeners, host
	if g.open = !isLoopback(host); g.open {
		ch := *g.chain.Load()
		ch.hosts = ch.hosts.withMachine()
		g.chain.Store(&ch)
	}
	return nil
}

func addressesOf(host string) []string {
	if host == "localhost" {
		return []string{"127.0.0.1", "::1"}
	}
	return []string{host}
}

// listenAll listens on each host at the same port. A second family that this
// machine does not have is left out.
func listenAll(hosts []string, port int) ([]net.Listener, error) {
	var all []net.Listener
	for _, h := range hosts {
		l, err := net.Listen("tcp", net.JoinHostPort(h, strconv.Itoa(port)))
		if err != nil && len(all) > 0 && noFamily(err) {
			continue
		}
		if err != nil {
			closeAll(all)
			return nil, &ListenError{Host: h, Port: port, Err: err}
		}
		all = append(all, l)
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
