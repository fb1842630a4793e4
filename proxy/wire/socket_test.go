package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"
)

// socketPair is two ends of a connection.
func socketPair(t *testing.T) (*conn, net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close(); other.Close() })
	return newConn(nc, new(pool), 0), other
}

// G2: the kernel sends exactly the part that was asked for, to slow readers
// too; a file that is closed or too short is an error, never a short body.
func TestSendFile(t *testing.T) {
	body := []byte(payload(8 << 20))
	name := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(name, body, 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() *os.File {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	t.Run("a part", func(t *testing.T) {
		c, other := socketPair(t)
		sent := make(chan error, 1)
		go func() {
			sent <- sendFile(c, open(), 1000, 7<<20)
			c.close()
		}()
		got, err := io.ReadAll(iotest.HalfReader(other))
		if err := errors.Join(err, <-sent); err != nil || !bytes.Equal(got, body[1000:1000+7<<20]) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
	t.Run("more than there is", func(t *testing.T) {
		c, other := socketPair(t)
		go io.Copy(io.Discard, other)
		if err := sendFile(c, open(), 0, 9<<20); err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
	})
	t.Run("a closed file", func(t *testing.T) {
		c, _ := socketPair(t)
		f := open()
		f.Close()
		if err := sendFile(c, f, 0, 1); err == nil {
			t.Error("it reports success")
		}
	})
	t.Run("a closed connection", func(t *testing.T) {
		c, other := socketPair(t)
		done := make(chan error, 1)
		go func() { done <- sendFile(c, open(), 0, 8<<20) }()
		io.ReadFull(other, make([]byte, 1000)) // then it waits for somebody who reads
		c.close()
		if err := <-done; err == nil {
			t.Error("it reports success")
		}
	})
}
