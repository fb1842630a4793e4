package proxy

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"devgate/internal/oserr"
	"devgate/proxy/ingress"
)

// ListenError says which address could not be listened on.
type ListenError = ingress.Error

// Listen opens the gateway's port, once. The host "localhost" (or "") means
// 127.0.0.1 and ::1, where there is one; any other is listened on as it is.
// Port 0 takes a free one. The error is a *ingress.Error.
func (g *Gateway) Listen(host string, port int) error {
	listeners, err := ingress.Open(host, port, nil)
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
// nothing has changed, unless somebody has taken the old address meanwhile:
// then Config.Logf says so. Calls must not overlap.
func (g *Gateway) Move(host string, port int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	listeners, err := ingress.Open(host, port, g.listeners)
	// A system may say of an address that is had alone that others have no right to it.
	if oserr.AddrInUse.In(err) || oserr.Forbidden.In(err) && port == portOn(g.listeners) {
		// It may be the gateway itself: a wildcard address and one of those that
		// it covers exclude each other.
		ingress.Close(g.listeners)
		if listeners, err = ingress.Open(host, port, nil); err != nil {
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
	listeners, err := ingress.Open(g.host, port, nil)
	if err != nil {
		g.chain.Load().Logf("nobody can reach the gateway any more: its old address is taken: %v; start devgate again", err)
		return
	}
	g.listeners = listeners
	g.announce()
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
	g.listeners, g.host = listeners, cmp.Or(host, "localhost")
	ch := *g.chain.Load()
	ch.hosts = ingress.NewHosts(ch.Hosts)
	if g.open = !ingress.IsLoopback(g.host); g.open {
		ch.hosts = ch.hosts.WithMachine()
	}
	g.chain.Store(&ch)
}

// Port returns the port listened on; 0 before Listen.
func (g *Gateway) Port() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return portOn(g.listeners)
}

func portOn(listeners []net.Listener) int {
	if len(listeners) == 0 {
		return 0
	}
	return listeners[0].Addr().(*net.TCPAddr).Port
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
