// Package testwine tells tests what is different where they run as Windows programs
// under Wine, which is no Windows. A test asks it at the one line that cannot hold there
// and says there what holds instead; on Windows itself, and elsewhere, nothing is
// different. docs/windows.md has the same list.
package testwine

// Difference is something that Wine does otherwise than Windows.
type Difference string

// The differences. Each is asked for by a test, and is in docs/windows.md.
const (
	// PortOwners: the system's table of sockets has no process.
	PortOwners Difference = "whose a port is is not in its table of sockets"
	// Resets: a connection that is reset is shut down first, so that its end may be seen before.
	Resets Difference = "a connection that is reset may be seen to end well"
)

// Differs reports whether this is so where the test runs.
func (d Difference) Differs() bool { return isWine() }
