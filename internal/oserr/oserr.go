// Package oserr tells what the system says when it refuses something.
//
// # Guarantees
//
//   - A [Cause] means the same on every system that devgate is built for. The
//     constants of package syscall do not: there is a syscall.EADDRINUSE on
//     Windows too, but it is a number of Go's own that no call ever returns.
//   - It is the one package that compares such numbers in code that several
//     systems share; a test of the module holds all others to that. A file that is
//     built for one kind of system only may, since there they are what they say.
package oserr

import (
	"errors"
	"slices"
	"syscall"
)

// Cause is one reason why a call to the system fails. The zero Cause is none.
type Cause struct {
	numbers []syscall.Errno // by which this system tells it
}

// In reports whether the cause is in err or in what err wraps.
func (c Cause) In(err error) bool {
	return slices.ContainsFunc(c.numbers, func(n syscall.Errno) bool { return errors.Is(err, n) })
}

// Err is the error by which the system tells the cause most often, to be wrapped
// in an error that says the same.
func (c Cause) Err() error { return c.numbers[0] }

// Why a listener cannot be opened.
var (
	// AddrInUse: somebody else has the address.
	AddrInUse = Cause{addrInUse}
	// AddrMissing: this machine does not have the address.
	AddrMissing = Cause{addrMissing}
	// NoFamily: this machine does not have the address's family (no IPv6).
	NoFamily = Cause{noFamily}
	// Forbidden: the user may not have it, as a port below 1024, or the system
	// keeps it for itself, as ranges of ports on Windows.
	Forbidden = Cause{forbidden}
)

// Why a connection or a pipe ends.
var (
	// Refused: nobody listens.
	Refused = Cause{refused}
	// Reset: the other side has broken the connection off.
	Reset = Cause{reset}
	// BrokenPipe: nobody reads any more what is written.
	BrokenPipe = Cause{brokenPipe}
	// WouldBlock: nothing can be read or written now.
	WouldBlock = Cause{wouldBlock}
)

// Why a file cannot be read or written.
var (
	// DiskFull: there is no room, or this user may not have more of it.
	DiskFull = Cause{diskFull}
	// NotFolder: what should be a folder on the way to the file is none.
	NotFolder = Cause{notFolder}
)
