//go:build unix

package wire

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// sendFileMax is what one system call is asked to move.
const sendFileMax = 4 << 20

// sendFile moves n bytes of f, from off on, to a socket without a copy in this
// process. The file may be closed meanwhile, which is an error.
func sendFile(to *conn, f *os.File, off, n int64) error {
	from, err := f.SyscallConn()
	if err != nil {
		return err
	}
	m := &mover{from: from, off: off, end: off + n}
	if err := to.raw.Write(m.move); err != nil {
		return err
	}
	return m.err
}

// mover is one sendFile under way.
type mover struct {
	from     syscall.RawConn
	off, end int64
	err      error
}

// move is called by the runtime whenever the socket may take something; it
// returns false to wait.
func (m *mover) move(out uintptr) bool {
	wait := false
	err := m.from.Control(func(in uintptr) { // keeps the file from being closed under it
		for m.off < m.end && m.err == nil && !wait {
			off := m.off // linux changes it, darwin does not
			n, err := syscall.Sendfile(int(out), int(in), &off, int(min(m.end-m.off, sendFileMax)))
			m.off += int64(max(n, 0))
			switch {
			case errors.Is(err, syscall.EAGAIN):
				wait = n <= 0 // darwin reports what it moved before it would have waited
			case errors.Is(err, syscall.EINTR):
			case err != nil:
				m.err = err
			case n == 0:
				m.err = io.ErrUnexpectedEOF
			}
		}
	})
	if err != nil {
		m.err = err
	}
	return !wait || m.err != nil
}

// asker sends requests that are no more than a head on a connection that has been idle,
// and waits for what the other side says to them: all in one wait for the socket, so
// that nobody has to try a read first whose answer cannot be there yet.
type asker struct {
	raw   syscall.RawConn
	step  func(fd uintptr) bool // kept, so that asking costs no memory
	head  []byte
	begun bool
	stale bool
	sent  int
}

func newAsker(raw syscall.RawConn) *asker {
	a := &asker{raw: raw}
	a.step = a.attempt
	return a
}

// ask returns what could not be sent at once; otherwise the socket has something to
// read, if only its end. An error says that nothing was sent, as the other side has
// left or spoken before.
func (a *asker) ask(head []byte) (rest []byte, err error) {
	a.head, a.begun, a.stale, a.sent = head, false, false, 0
	err = a.raw.Read(a.step)
	a.head = nil
	switch {
	case a.stale, err != nil && !a.begun:
		return nil, errStale
	case err != nil: // closed meanwhile, which who reads finds out
		return nil, nil
	}
	return head[a.sent:], nil
}

// attempt is called by the runtime whenever the socket may have something; it returns
// false to wait. That something has come before the first call is forgotten by the
// runtime: a wait for it would have no end. So the look must be here, and not before.
func (a *asker) attempt(fd uintptr) bool {
	if a.begun {
		return true
	}
	a.begun = true
	if !isSilent(fd) {
		a.stale = true
		return true
	}
	n, err := syscall.Write(int(fd), a.head)
	if err == nil {
		a.sent = n
	}
	return a.sent < len(a.head)
}

// isSilent reports whether a read on a socket would wait: it is open, and the other
// side has sent nothing.
func isSilent(fd uintptr) bool {
	var b [1]byte
	_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return err == syscall.EAGAIN
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
