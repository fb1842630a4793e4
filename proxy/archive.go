package proxy

// archive keeps byte strings, the newest of them, within a bound of memory: a list
// of segments that are filled one after the other. What the collector would have to
// look through, as headers are, it would look through again and again. The zero
// archive keeps nothing.
type archive struct {
	segments [][]byte // the oldest first; what is in them never changes
	first    uint64   // the number of segments[0]
	size     int      // of all of them, in bytes
	limit    int      // of size
}

// segmentSize is what a segment has room for, unless one string needs more. They
// are the steps in which the oldest is forgotten.
const segmentSize = 256 << 10

// place is where an archive keeps a string. The zero place is nowhere.
type place struct {
	segment uint64 // its number, from 1
	off, n  int
}

// add keeps a copy of b, and forgets the oldest where there is no more room.
func (a *archive) add(b []byte) place {
	if len(b) == 0 || len(b) > a.limit {
		return place{}
	}
	if last := len(a.segments) - 1; last < 0 || len(a.segments[last])+len(b) > cap(a.segments[last]) {
		a.begin(max(len(b), segmentSize))
	}
	last := len(a.segments) - 1
	seg := a.segments[last]
	a.segments[last] = append(seg, b...)
	return place{a.first + uint64(last) + 1, len(seg), len(b)}
}

// begin makes room for a segment of n bytes and adds it.
func (a *archive) begin(n int) {
	n = min(n, a.limit)
	seg := a.shrink(a.limit - n)
	if cap(seg) != n {
		seg = make([]byte, 0, n)
	}
	a.segments = append(a.segments, seg[:0])
	a.size += n
}

// shrink forgets the oldest until no more than limit bytes are taken. It returns
// the last one forgotten, to be used again.
func (a *archive) shrink(limit int) (free []byte) {
	for a.size > limit && len(a.segments) > 0 {
		free = a.segments[0]
		a.segments[0] = nil // the array behind it lives on
		a.segments = a.segments[1:]
		a.size -= cap(free)
		a.first++
	}
	return free
}

// bound sets the limit, and keeps to it at once.
func (a *archive) bound(limit int) {
	a.limit = limit
	a.shrink(limit)
}

// get returns a copy of what was kept at p; nil when it is forgotten.
func (a *archive) get(p place) []byte {
	if p.n == 0 || p.segment <= a.first {
		return nil
	}
	return append([]byte(nil), a.segments[p.segment-a.first-1][p.off:p.off+p.n]...)
}
