package loopback

import (
	"errors"
	"net"
	"syscall"
	"time"

	"devgate/internal/oserr"
)

// lasting is a listener that goes on where a client has gone before it was let in. Here
// Accept tells of that, and whoever calls it takes any error for the end of the listener.
func lasting(l net.Listener) net.Listener { return lastingListener{l.(*net.TCPListener)} }

type lastingListener struct{ *net.TCPListener }

// notConnected is WSAENOTCONN, which package syscall has not: the socket of a new
// connection has none any more.
const notConnected = syscall.Errno(10057)

// Accept implements net.Listener.
func (l lastingListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.TCPListener.Accept()
		if !oserr.Reset.In(err) && !errors.Is(err, notConnected) {
			return conn, err
		}
		// A system that says so of each is not asked all the time.
		time.Sleep(time.Millisecond)
	}
}
