package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// G2: what a reader gets is the whole body, whatever the sizes of the reads,
// wherever it is recorded, and however often it is begun again.
func TestSpoolReplays(t *testing.T) {
	for _, size := range []int{0, 1, spoolMemory - 1, spoolMemory, spoolMemory + 1, 3 * spoolMemory} {
		body := []byte(payload(size))
		for name, src := range map[string]io.Reader{
			"at once": bytes.NewReader(body), "halves": iotest.HalfReader(bytes.NewReader(body)), "the end with the data": iotest.DataErrReader(bytes.NewReader(body)),
		} {
			s := NewSpool(src, 1<<20)
			for try := range 3 {
				r, err := s.Reader(false)
				if err != nil {
					t.Fatal(err)
				}
				if try == 1 { // given up in the middle
					io.CopyN(io.Discard, r, int64(size/2))
					r.Close()
					continue
				}
				got, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(got, body) {
					t.Errorf("%d bytes, %s, reader %d: %d bytes, %v", size, name, try, len(got), err)
				}
			}
			if whole, failure := s.Whole(); !whole || failure != nil {
				t.Errorf("%d bytes, %s: whole %t, %v", size, name, whole, failure)
			}
			if inFile := s.file != nil; inFile != (size > spoolMemory) {
				t.Errorf("%d bytes: in a file %t", size, inFile)
			}
			s.Close()
			if s.memory != nil || s.file != nil {
				t.Error("close gives nothing back")
			}
		}
	}
}

// G2: a body that breaks off is told to every reader, and not passed off.
func TestSpoolTellsOfTheBreak(t *testing.T) {
	s := NewSpool(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF)), 1<<20)
	defer s.Close()
	for range 2 {
		r, err := s.Reader(false)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); string(got) != "half" || err != io.ErrUnexpectedEOF {
			t.Errorf("%q %v", got, err)
		}
	}
	if whole, failure := s.Whole(); whole || failure != io.ErrUnexpectedEOF {
		t.Errorf("whole %t, %v", whole, failure)
	}
}

// G2: what is taken ahead is no more than what memory may hold, or than may be
// kept at all.
func TestSpoolFill(t *testing.T) {
	for _, limit := range []int64{10, 1 << 20} {
		src := strings.NewReader(payload(2 * spoolMemory))
		s := NewSpool(src, limit)
		r, err := s.Reader(false)
		if err != nil {
			t.Fatal(err)
		}
		r.Fill()
		if taken := 2*spoolMemory - src.Len(); int64(taken) != min(limit, spoolMemory) || s.file != nil || s.lost != nil {
			t.Errorf("limit %d: %d were taken, lost %v", limit, taken, s.lost)
		}
		s.Close()
	}
}

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
			sent <- sendFile(c.raw, open(), 1000, 7<<20)
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
		if err := sendFile(c.raw, open(), 0, 9<<20); err != io.ErrUnexpectedEOF {
			t.Error(err)
		}
	})
	t.Run("a closed file", func(t *testing.T) {
		c, _ := socketPair(t)
		f := open()
		f.Close()
		if err := sendFile(c.raw, f, 0, 1); err == nil {
			t.Error("it reports success")
		}
	})
	t.Run("a closed connection", func(t *testing.T) {
		c, other := socketPair(t)
		done := make(chan error, 1)
		go func() { done <- sendFile(c.raw, open(), 0, 8<<20) }()
		io.ReadFull(other, make([]byte, 1000)) // then it waits for somebody who reads
		c.close()
		if err := <-done; err == nil {
			t.Error("it reports success")
		}
	})
}
