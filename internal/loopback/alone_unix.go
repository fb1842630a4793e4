//go:build unix

package loopback

import "syscall"

// alone is nil: who listens is alone.
var alone func(network, address string, c syscall.RawConn) error

// Lingering is 0: an address is free as soon as its listener is closed.
const Lingering = 0
