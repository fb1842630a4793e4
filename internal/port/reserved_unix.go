//go:build unix

package port

// Reserved is false: no port is kept for the system itself.
func Reserved(int) bool { return false }

// reserved is nil: what may not be listened on needs a right.
func reserved(int, error) error { return nil }
