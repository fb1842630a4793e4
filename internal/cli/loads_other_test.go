//go:build unix && !linux

package cli

// loadChild plays a process that stays. The other kinds of load are for the
// survivor matrix, which counts through /proc.
func loadChild() { await(childLife) }

// browserChild stands in for a browser.
func browserChild() { await(childLife) }
