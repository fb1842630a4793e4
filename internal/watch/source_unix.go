//go:build unix

package watch

// newSource opens the system's event queue for a project.
func newSource(string) (*source, error) { return newNotifySource() }
