package wire

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// SpoolMemory is what one request's body may take of memory; what is longer
// goes to a file.
const SpoolMemory = 256 << 10

var (
	ErrReplayLimit = errors.New("request body is larger than replay_limit")
	ErrNotKept     = errors.New("request body was not kept")
)

// SpoolError says that a body could not be kept for the next backend.
type SpoolError struct{ err error }

func (e *SpoolError) Error() string { return fmt.Sprintf("keep request body: %v", e.err) }
func (e *SpoolError) Unwrap() error { return e.err }

// Spool is the body of a request, readable from its beginning as often as it
// is kept, also by several readers at once. It takes from the client only what a
// reader asks for. While somebody may still want it, what was taken is recorded,
// in memory first, then in a file without a name; what goes beyond the limit, or
// does not fit on the disk, is passed on but makes the body one that can not be
// read again.
//
// One reader at a time takes from the client. A reader that is given up while
// it does so leaves what it got to the next, so no byte is lost.
type Spool struct {
	src   io.Reader
	limit int64

	mu     sync.Mutex
	free   sync.Cond // signalled when taking ends
	taking bool      // a reader is in src.Read
	closed bool
	open   int   // readers that are not closed
	behind int   // those of them that read on after Close
	final  bool  // nobody will begin again
	lost   error // why the body can not be read again; nil while it can
	memory []byte
	file   *os.File
	kept   int64 // bytes recorded
	taken  int64 // bytes taken from src
	end    error // what src ended with, io.EOF included
}

func NewSpool(src io.Reader, limit int64) *Spool {
	s := &Spool{src: src, limit: limit}
	s.free.L = &s.mu
	return s
}

// Reader returns a reader of the whole body, or why there cannot be one. last
// says that nobody will begin after it: what it takes from the client is recorded
// only while another reader has yet to come to it.
func (s *Spool) Reader(last bool) (*SpoolReader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lost != nil {
		return nil, s.lost
	}
	s.open++
	s.final = last
	return &SpoolReader{s: s}, nil
}

// Close ends the taking from the client, and gives the memory and the file back;
// where all was taken, after the last reader that Outlives it. A reader still in
// src.Read finds the spool closed when it returns.
func (s *Spool) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.free.Broadcast()
	if s.behind == 0 || s.end != io.EOF {
		s.drop()
	}
}

// drop frees what is recorded. The caller holds s.mu.
func (s *Spool) drop() {
	s.memory, s.kept = nil, 0
	if s.file != nil {
		s.file.Close()
		s.file = nil
	}
}

// Whole returns whether all was taken, and what went wrong on the client's
// side.
func (s *Spool) Whole() (whole bool, failure error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.end != nil && s.end != io.EOF {
		return false, s.end
	}
	return s.end == io.EOF, nil
}

// begun reports whether anything was taken from the client.
func (s *Spool) begun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken > 0 || s.taking || s.end != nil
}

// recorded returns how much of the body can be read again.
func (s *Spool) recorded() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept
}

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

// atEnd reports whether the reader has read all that the client sent.
func (r *SpoolReader) atEnd() bool {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	return r.s.end == io.EOF && r.off == r.s.taken
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

// record keeps p, if all before it was kept; wanted by nobody, it is lost.
func (s *Spool) record(p []byte, unwanted bool) {
	if len(p) == 0 || s.closed || s.lost != nil {
		return
	}
	if unwanted {
		s.lost = ErrNotKept
		return
	}
	if s.kept+int64(len(p)) > s.limit {
		s.lost = ErrReplayLimit
		return
	}
	if err := s.store(p); err != nil {
		s.lost = &SpoolError{err}
		return
	}
	s.kept += int64(len(p))
}

func (s *Spool) store(p []byte) error {
	if s.file == nil && s.kept+int64(len(p)) <= SpoolMemory {
		s.memory = append(s.memory, p...)
		return nil
	}
	if s.file == nil {
		if err := s.moveToFile(); err != nil {
			return err
		}
	}
	_, err := s.file.WriteAt(p, s.kept)
	return err
}

// moveToFile removes the file's name at once, so that nothing is left behind
// however the gateway ends.
func (s *Spool) moveToFile() error {
	f, err := os.CreateTemp("", "devgate-body-*")
	if err != nil {
		return err
	}
	os.Remove(f.Name())
	if _, err := f.WriteAt(s.memory, 0); err != nil {
		f.Close()
		return err
	}
	s.file, s.memory = f, nil
	return nil
}
