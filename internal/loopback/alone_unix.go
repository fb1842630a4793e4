//go:build unix

package loopback

import (
	"net"
	"syscall"
)

// alone is nil: who listens is alone.
var alone func(network, address string, c syscall.RawConn) error

// Lingering is 0: an address is free as soon as its listener is closed.
const Lingering = 0

// lasting is the listener itself: what is wrong with one connection is not told here.
func lasting(l net.Listener) net.Listener { return l }
