package wire

import "sync/atomic"

// Allowance bounds what the samples of many bodies take of memory together. Its
// zero value allows nothing.
type Allowance struct{ limit, used atomic.Int64 }

// Limit sets how many bytes may be taken. What is taken already stays.
func (a *Allowance) Limit(bytes int64) { a.limit.Store(bytes) }

// Take takes n bytes; false, and nothing is taken, where they are not to be had.
func (a *Allowance) Take(n int) bool {
	if a.used.Add(int64(n)) <= a.limit.Load() {
		return true
	}
	a.used.Add(-int64(n))
	return false
}

// Give gives n bytes back.
func (a *Allowance) Give(n int) { a.used.Add(-int64(n)) }

// Used is how many bytes are taken.
func (a *Allowance) Used() int64 { return a.used.Load() }
