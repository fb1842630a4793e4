package wire

import (
	"cmp"
	"io"
	"os"
)

// SpoolReader reads a spool from the beginning. It must be closed.
type SpoolReader struct {
	s   *Spool
	off int64

	// guarded by s.mu
	closed   bool
	yields   bool
	outlives bool
}

// MakeLast says that nobody will begin after this reader, and that it is the one
// that matters.
func (r *SpoolReader) MakeLast() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.yields = false
	r.s.final = true
	r.s.free.Broadcast()
}

// Yield says that the reader's backend may well get less than the whole: it takes
// nothing from the client that could then not be given to the next.
func (r *SpoolReader) Yield() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.yields = true
}

// Outlive lets the reader read on when the spool is closed, if all was taken.
func (r *SpoolReader) Outlive() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	if !r.closed && !r.outlives {
		r.outlives = true
		r.s.behind++
	}
}

// atEnd reports whether the reader has read the whole body, of that length; -1: not
// known.
func (r *SpoolReader) atEnd(length int64) bool {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.off == length || r.s.end == io.EOF && r.off == r.s.taken
}

// Closed reports whether nobody reads any more.
func (r *SpoolReader) Closed() bool {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.closed
}

// Close makes the next Read fail. It does not wait for one that is under way.
func (r *SpoolReader) Close() error {
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	s.open--
	if r.outlives {
		s.behind--
	}
	if s.closed && s.behind == 0 {
		s.drop()
	}
	s.free.Broadcast()
	return nil
}

// Read implements io.Reader: recorded bytes first, then the client's.
func (r *SpoolReader) Read(p []byte) (int, error) {
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case r.closed || s.closed && s.end != io.EOF:
			return 0, os.ErrClosed
		case r.off < s.kept:
			return r.replay(p)
		case r.off < s.taken: // by another, beyond what could be kept
			return 0, cmp.Or(s.lost, os.ErrClosed)
		case s.end != nil:
			return 0, s.end
		case s.taking || r.waitsForRoom():
			s.free.Wait()
		default:
			return r.take(p[:r.room(len(p))])
		}
	}
}

// waitsForRoom reports whether a reader that yields has come to the end of what
// can be kept. The caller holds s.mu.
func (r *SpoolReader) waitsForRoom() bool {
	return r.yields && r.s.lost == nil && r.s.kept >= r.s.limit
}

// room is how many of n bytes the reader may take. The caller holds s.mu.
func (r *SpoolReader) room(n int) int {
	if r.yields && r.s.lost == nil {
		return int(min(int64(n), r.s.limit-r.s.kept))
	}
	return n
}

// replay reads what is recorded. The caller holds s.mu.
func (r *SpoolReader) replay(p []byte) (int, error) {
	s := r.s
	p = p[:min(int64(len(p)), s.kept-r.off)]
	n := 0
	var err error
	if s.file == nil {
		n = copy(p, s.memory[r.off:])
	} else if n, err = s.file.ReadAt(p, r.off); n == len(p) {
		err = nil
	}
	r.off += int64(n)
	return n, err
}

// Fill records what may be kept in memory, from the beginning on.
func (r *SpoolReader) Fill() {
	buf := getBuffer()
	defer putBuffer(buf)
	for limit := min(SpoolMemory, r.s.limit); r.off < limit; {
		if _, err := r.Read((*buf)[:min(int64(len(*buf)), limit-r.off)]); err != nil {
			return
		}
	}
}

// filed returns the recorded bytes that come next, when they are in a file.
func (r *SpoolReader) filed() (f *os.File, off, n int64) {
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.closed || s.closed || s.file == nil || s.lost != nil {
		return nil, 0, 0 // what is lost may be dropped at any time
	}
	return s.file, r.off, s.kept - r.off
}

// skip says that n bytes of what filed returned have been read.
func (r *SpoolReader) skip(n int64) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.off += n
}

// take reads from the client and records it. The caller holds s.mu, which is
// free while the client makes it wait.
func (r *SpoolReader) take(p []byte) (int, error) {
	s := r.s
	if s.lost != nil && s.open == 1 {
		s.drop() // nobody can begin again, and this reader is past it
	}
	s.taking = true
	s.mu.Unlock()
	n, err := s.src.Read(p)
	s.mu.Lock()
	s.taking = false
	s.free.Broadcast()
	s.record(p[:n], s.final && s.open == 1 && !r.closed)
	s.sample.Add(p[:n])
	s.taken += int64(n)
	if err != nil {
		s.end = err
	}
	if r.closed || s.closed {
		return 0, os.ErrClosed
	}
	r.off += int64(n)
	if n > 0 {
		return n, nil // an end is told by the next Read
	}
	return 0, err
}
