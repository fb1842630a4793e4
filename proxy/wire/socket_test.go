package wire

import (
	"bytes"
	"errors"
	"fmt"
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

// G3: a request is not sent on a connection that the other side has left or spoken on
// while it was idle, and is on a new one, whatever has been said on it.
func TestAskingOnAStaleConnection(t *testing.T) {
	for name, do := range map[string]func(net.Conn){
		"open":      func(net.Conn) {},
		"spoken on": func(other net.Conn) { io.WriteString(other, "HTTP/1.1 408 Request Timeout\r\n\r\n") },
		"left":      func(other net.Conn) { other.(*net.TCPConn).CloseWrite() },
	} {
		for _, used := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, used %t", name, used), func(t *testing.T) {
				c, other := socketPair(t)
				c.used = used
				do(other)
				if name != "open" {
					// Someone else's look, so that what was done is known to have come.
					eventually(t, "it has come", func() bool { return !silent(c) })
				}
				asked := make(chan error, 1)
				go func() {
					asked <- c.ask([]byte("GET"))
					other.(*net.TCPConn).CloseWrite()
					c.close()
				}()
				heard := make([]byte, 3)
				_, err := io.ReadFull(other, heard)
				io.WriteString(other, "answer")
				if stale := used && name != "open"; stale {
					if err == nil || !errors.Is(<-asked, errStale) {
						t.Errorf("it is sent: %q", heard)
					}
				} else if err := errors.Join(err, <-asked); err != nil || string(heard) != "GET" {
					t.Errorf("%q, %v", heard, err)
				}
			})
		}
	}
}

// silent looks at the socket of c without the runtime's knowledge.
func silent(c *conn) (yes bool) {
	c.raw.Control(func(fd uintptr) { yes = isSilent(fd) })
	return yes
}

// What is asked arrives, also more than a socket takes at once, and the answer is read;
// a connection that is closed meanwhile is no wait for ever.
func TestAsking(t *testing.T) {
	head := []byte(payload(8 << 20))
	t.Run("a large head", func(t *testing.T) {
		c, other := socketPair(t)
		c.used = true
		asked := make(chan error, 1)
		go func() { asked <- c.ask(head) }()
		got := make([]byte, len(head))
		_, err := io.ReadFull(iotest.HalfReader(other), got)
		if err := errors.Join(err, <-asked); err != nil || !bytes.Equal(got, head) {
			t.Errorf("%v", err)
		}
	})
	t.Run("again and again", func(t *testing.T) {
		c, other := socketPair(t)
		go io.Copy(other, other)
		for i := range 1000 {
			c.used = i > 0
			got := make([]byte, 100)
			err := c.ask(head[i : i+100])
			if _, failure := io.ReadFull(c.br, got); errors.Join(err, failure) != nil || !bytes.Equal(got, head[i:i+100]) {
				t.Fatalf("%d: %v %v", i, err, failure)
			}
		}
	})
	t.Run("closed while it waits", func(t *testing.T) {
		c, other := socketPair(t)
		c.used = true
		go func() {
			io.ReadFull(other, make([]byte, 100))
			c.close()
		}()
		err := c.ask(head[:100])
		if _, failure := c.br.ReadByte(); errors.Join(err, failure) == nil {
			t.Error("an answer is read")
		}
	})
	t.Run("closed before", func(t *testing.T) {
		for _, used := range []bool{false, true} {
			c, _ := socketPair(t)
			c.used = used
			c.close()
			if err := c.ask(head[:100]); !errors.Is(err, errNoAnswer) {
				t.Errorf("used %t: %v", used, err)
			}
		}
	})
}
