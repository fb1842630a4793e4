package wire

import (
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

// Error implements error.
func (e *SpoolError) Error() string { return fmt.Sprintf("keep request body: %v", e.err) }

// Unwrap returns the reason, such as a full disk.
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
	sample Sample
}

// NewSpool keeps what is read of src, up to limit bytes. src is read only as readers ask.
func NewSpool(src io.Reader, limit int64) *Spool {
	s := &Spool{src: src, limit: limit}
	s.free.L = &s.mu
	return s
}

// Watch copies the first max bytes that are taken from the client, of length (-1:
// not known), as far as from allows, until Sampled. It is called before the first
// Reader.
func (s *Spool) Watch(max int, length int64, from *Allowance) {
	s.sample = NewSample(max, length, from)
}

// Sampled is what was copied until now, and all that is: it hands its memory over to
// the caller.
func (s *Spool) Sampled() Sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	sample := s.sample
	// Whoever knows the length may not ask for the end.
	sample.Whole = s.end == io.EOF || s.end == nil && sample.from != nil && s.taken == sample.length
	s.sample = Sample{}
	return sample
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

func (s *Spool) moveToFile() error {
	f, err := openNameless()
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(s.memory, 0); err != nil {
		f.Close()
		return err
	}
	s.file, s.memory = f, nil
	return nil
}
