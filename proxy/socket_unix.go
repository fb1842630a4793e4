//go:build unix

package proxy

import (
	"io"
	"syscall"
)

// peeker looks at a socket without taking anything from it.
type peeker struct {
	raw     syscall.RawConn
	look    func(fd uintptr) bool // kept, so that a look costs no memory
	waiting bool
}

func newPeeker(raw syscall.RawConn) *peeker {
	p := &peeker{raw: raw}
	p.look = func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		p.waiting = err == syscall.EAGAIN
		return true
	}
	return p
}

// silent reports whether a read on the socket would wait: it is open, and the
// other side has sent nothing.
func (p *peeker) silent() bool {
	p.waiting = false
	return p.raw.Read(p.look) == nil && p.waiting
}

// parkedReader reads from a socket without holding a buffer while there is
// nothing to read.
type parkedReader struct {
	raw syscall.RawConn
	buf *[]byte // from the pool, between a read and release
	n   int
	err error
}

// next waits for bytes and returns them; they are valid until release.
func (r *parkedReader) next() ([]byte, error) {
	if err := r.raw.Read(r.attempt); err != nil {
		return nil, err
	}
	switch {
	case r.err != nil:
		r.release()
		return nil, r.err
	case r.n == 0:
		r.release()
		return nil, io.EOF
	}
	return (*r.buf)[:r.n], nil
}

// attempt is called by the runtime whenever the socket may have something; it
// returns false to wait.
func (r *parkedReader) attempt(fd uintptr) bool {
	r.buf = getBuffer()
	for {
		r.n, r.err = syscall.Read(int(fd), *r.buf)
		if r.err != syscall.EINTR {
			break
		}
	}
	if r.err == syscall.EAGAIN {
		r.release()
		return false
	}
	return true
}

func (r *parkedReader) release() {
	if r.buf != nil {
		putBuffer(r.buf)
		r.buf = nil
	}
}
