package watch

import (
	"hash/maphash"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// maxHashed is the size above which a file is not read: hashing 8 MiB takes a
// few milliseconds, and files of that size are data, seldom source.
const maxHashed = 8 << 20

// kind is what a path was when it was last looked at.
type kind uint8

const (
	absent  kind = iota // no file; the zero state
	hashed              // a file, with the hash of its content
	opaque              // a file that is too large or may not be read
	unknown             // not looked at in time: differs from everything
)

// state is what is kept of a file.
type state struct {
	kind    kind
	sum     uint64 // of hashed
	size    int64
	written int64 // modification time, ns
	touched int64 // inode change time, ns
	inode   uint64
}

// same reports whether two states show the same content.
func (s state) same(t state) bool {
	switch {
	case s.kind == unknown || t.kind == unknown:
		return false
	case s.kind == absent || t.kind == absent:
		return s.kind == t.kind
	case s.kind == hashed && t.kind == hashed:
		return s.size == t.size && s.sum == t.sum
	}
	return s.size == t.size && s.written == t.written
}

// content returns what stands for what the file holds.
func (s state) content() Content {
	switch s.kind {
	case absent:
		return 0
	case unknown:
		return 1
	case opaque:
		return Content(uint64(s.written)^uint64(s.size)) | 2
	}
	return Content(s.sum^uint64(s.size)) | 2
}

// passing reports whether the file may be in the middle of a save: moved away
// or truncated.
func (s state) passing() bool { return s.kind == absent || s.size == 0 }

// untouched reports whether a file that is now as t does not need to be read
// again. A write in the same tick of the clock as the last read would not show
// in its times, so these must be a while older than the read, at now.
func (s state) untouched(t state, now time.Time) bool {
	const tick = 2 * time.Second // the coarsest that file systems have
	return s.kind != unknown && s.kind != absent && t.kind != absent &&
		s.size == t.size && s.written == t.written && s.touched == t.touched && s.inode == t.inode &&
		now.UnixNano()-max(t.written, t.touched) > int64(tick)
}

// reader reads states. It is used by one goroutine.
type reader struct {
	hash maphash.Hash
	buf  []byte
}

// newReader returns a reader whose hashes compare with those of the same seed.
func newReader(seed maphash.Seed) *reader {
	r := &reader{buf: make([]byte, 32<<10)}
	r.hash.SetSeed(seed)
	return r
}

// read returns the state of a path. What is not a regular file is not opened: to
// who has the other end of a pipe that is a reader who leaves, and to a device
// anything.
func (r *reader) read(path string) state {
	if s := stat(path); s.kind == absent {
		return s
	}
	return r.readFile(path)
}

// readAll reads the states of many files side by side, unless it is stopped.
func readAll(seed maphash.Seed, paths []string, stopped func() bool) []state {
	states := make([]state, len(paths))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(4, runtime.GOMAXPROCS(0), len(paths)) {
		group.Go(func() {
			r := newReader(seed)
			for i := next.Add(1) - 1; i < int64(len(paths)) && !stopped(); i = next.Add(1) - 1 {
				states[i] = r.readFile(paths[i])
			}
		})
	}
	group.Wait()
	return states
}
