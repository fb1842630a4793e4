//go:build unix

package oserr

import (
	"net"
	"testing"
)

// Wine tells a reader the end instead, so that only Windows itself could show
// this one there.
func TestAResetIsKnown(t *testing.T) {
	if err := readAfterAReset(t); !Reset.In(err) || BrokenPipe.In(err) {
		t.Errorf("%v is not known", err)
	}
}

func readAfterAReset(t *testing.T) error {
	l := listen(t)
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	// What is closed with bytes that nobody has read is broken off.
	conn.Write([]byte("x"))
	peer.(*net.TCPConn).SetLinger(0)
	peer.Close()
	_, err = conn.Read(make([]byte, 1))
	return err
}
