package wire

import (
	"bufio"
	"fmt"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// conn is one HTTP/1.1 connection to a backend. One request at a time owns it.
// Only close may be called by others; everything else belongs to the one request.
type conn struct {
	net.Conn
	br         *bufio.Reader
	raw        syscall.RawConn // nil where the connection is more than a socket
	asker      *asker          // likewise
	pool       *pool
	generation int
	idleSince  time.Time
	used       bool   // it has been idle
	bodiless   bool   // the last answer on it cannot have had a body
	scratch    []byte // of the head being read
	closed     atomic.Bool
}

// readBuffer holds an ordinary answer, head and body, in one read.
const readBuffer = 8 << 10

func newConn(nc net.Conn, p *pool, generation int) *conn {
	c := &conn{Conn: nc, br: bufio.NewReaderSize(nc, readBuffer), pool: p, generation: generation}
	// Over TLS a socket's bytes say nothing of the answer: such a connection is not
	// looked into.
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			c.raw, c.asker = raw, newAsker(raw)
		}
	}
	return c
}

// close may be called from any goroutine and more than once; it makes a
// running Read or Write fail.
func (c *conn) close() {
	if c.closed.CompareAndSwap(false, true) {
		c.Conn.Close()
	}
}

// ask sends a request that is no more than a head. A connection that has been idle is
// not used, which is errStale, where the backend has closed it, or spoken: whatever it
// says unasked is the end of the connection, or nonsense.
func (c *conn) ask(head []byte) (err error) {
	if c.asker != nil && c.used {
		if head, err = c.asker.ask(head); err != nil || len(head) == 0 {
			return err
		}
	}
	if _, err = c.Write(head); err != nil {
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	return nil
}
