package wire

import (
	"errors"
	"io"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// sendFile sends n bytes of f, from off on. The system's own call for it (TransmitFile)
// goes by the file's one offset, and some systems run no more than two at a time.
func sendFile(to *conn, f *os.File, off, n int64) error {
	buf := getBuffer()
	defer putBuffer(buf)
	for n > 0 {
		read, err := f.ReadAt((*buf)[:min(n, int64(len(*buf)))], off)
		if _, err := to.Write((*buf)[:read]); err != nil {
			return err
		}
		off, n = off+int64(read), n-int64(read)
		if errors.Is(err, io.EOF) && n > 0 {
			return io.ErrUnexpectedEOF
		}
		if err != nil && n > 0 {
			return err
		}
	}
	return nil
}

// WSAPOLLFD, and its event that something can be read.
type pollFD struct {
	socket          uintptr
	events, happens int16
}

const pollReadable = 0x0100 // POLLRDNORM

var wsaPoll = windows.NewLazySystemDLL("ws2_32.dll").NewProc("WSAPoll")

// isSilent reports whether a read on a socket would wait. Go's sockets are no
// non-blocking ones here, so that a read itself cannot be asked.
func isSilent(socket uintptr) bool {
	fd := pollFD{socket: socket, events: pollReadable}
	n, _, _ := wsaPoll.Call(uintptr(unsafe.Pointer(&fd)), 1, 0)
	return n == 0
}

// asker looks at a connection that has been idle before a request is sent on it.
type asker struct {
	raw    syscall.RawConn
	look   func(fd uintptr) bool // kept, so that a look costs no memory
	silent bool
}

func newAsker(raw syscall.RawConn) *asker {
	a := &asker{raw: raw}
	a.look = func(fd uintptr) bool {
		a.silent = isSilent(fd)
		return true
	}
	return a
}

// ask returns what is left to be sent: all. An error says that nothing was sent, as the
// other side has left or spoken before.
func (a *asker) ask(head []byte) (rest []byte, err error) {
	if a.raw.Read(a.look) != nil || !a.silent {
		return nil, errStale
	}
	return head, nil
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
// returns false to wait, which takes no buffer.
func (r *parkedReader) attempt(fd uintptr) bool {
	if isSilent(fd) {
		return false
	}
	r.buf = getBuffer()
	into := windows.WSABuf{Len: uint32(len(*r.buf)), Buf: &(*r.buf)[0]}
	var read, flags uint32
	r.err = windows.WSARecv(windows.Handle(fd), &into, 1, &read, &flags, nil, nil)
	r.n = int(read)
	return true
}

func (r *parkedReader) release() {
	if r.buf != nil {
		putBuffer(r.buf)
		r.buf = nil
	}
}
