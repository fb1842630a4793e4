package wire

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// halfOpenLimit is how long one side of a tunnel may stay silent after the
// other has said its last.
const halfOpenLimit = 10 * time.Second

// Tunnel joins two connections after a switch of protocols. Two goroutines,
// with no buffer while nothing flows, are all that an idle one costs beside
// its sockets.
type Tunnel struct {
	Client, Backend net.Conn
	running         atomic.Int32 // directions that have not ended
	half            atomic.Bool  // one has
	done            func()
}

// Start sends what each side has said already and then copies until both
// directions have ended, or one has failed.
func (t *Tunnel) Start(fromClient, fromBackend []byte, done func()) {
	t.done = done
	t.running.Store(2)
	go t.pipe(t.Backend, t.Client, fromClient)
	go t.pipe(t.Client, t.Backend, fromBackend)
}

// Cut ends the tunnel from outside.
func (t *Tunnel) Cut() {
	t.Client.Close()
	t.Backend.Close()
}

// pipe owns one direction.
func (t *Tunnel) pipe(dst, src net.Conn, early []byte) {
	err := t.copy(dst, src, early)
	if err == nil {
		// src has said its last; dst may still have something to say.
		t.half.Store(true)
		err = closeWrite(dst)
		dst.SetReadDeadline(time.Now().Add(halfOpenLimit))
	}
	if err != nil {
		t.Cut()
	}
	if t.running.Add(-1) == 0 {
		t.Cut()
		t.done()
	}
}

// copy returns nil at the end of src.
func (t *Tunnel) copy(dst, src net.Conn, early []byte) error {
	if len(early) > 0 {
		if _, err := dst.Write(early); err != nil {
			return err
		}
	}
	r := newChunkSource(src)
	for {
		p, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = dst.Write(p)
		r.release()
		if err != nil {
			return err
		}
		if t.half.Load() {
			src.SetReadDeadline(time.Now().Add(halfOpenLimit))
		}
	}
}

// chunkSource yields what comes, in a buffer that is its own until release.
type chunkSource interface {
	next() ([]byte, error)
	release()
}

func newChunkSource(nc net.Conn) chunkSource {
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			return &parkedReader{raw: raw}
		}
	}
	return &plainReader{nc: nc, buf: make([]byte, 4<<10)}
}

// plainReader is for connections that are more than a socket (TLS).
type plainReader struct {
	nc  net.Conn
	buf []byte
}

func (r *plainReader) next() ([]byte, error) {
	n, err := r.nc.Read(r.buf)
	if n > 0 {
		err = nil
	}
	return r.buf[:n], err
}

func (r *plainReader) release() {}

// closeWrite tells the other side that nothing more comes.
func closeWrite(nc net.Conn) error {
	if c, ok := nc.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return os.ErrInvalid
}
