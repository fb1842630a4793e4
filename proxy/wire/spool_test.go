package wire

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// G2: what a reader gets is the whole body, whatever the sizes of the reads,
// wherever it is recorded, and however often it is begun again.
func TestSpoolReplays(t *testing.T) {
	for _, size := range []int{0, 1, SpoolMemory - 1, SpoolMemory, SpoolMemory + 1, 3 * SpoolMemory} {
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
			if inFile := s.file != nil; inFile != (size > SpoolMemory) {
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
		src := strings.NewReader(payload(2 * SpoolMemory))
		s := NewSpool(src, limit)
		r, err := s.Reader(false)
		if err != nil {
			t.Fatal(err)
		}
		r.Fill()
		if taken := 2*SpoolMemory - src.Len(); int64(taken) != min(limit, SpoolMemory) || s.file != nil || s.lost != nil {
			t.Errorf("limit %d: %d were taken, lost %v", limit, taken, s.lost)
		}
		s.Close()
	}
}

// blockingReader yields a byte for each token.
type blockingReader struct{ tokens chan byte }

func (r blockingReader) Read(p []byte) (int, error) {
	b, ok := <-r.tokens
	if !ok {
		return 0, io.EOF
	}
	p[0] = b
	return 1, nil
}

// A reader that is given up while it waits for the client leaves what it gets
// to the next.
func TestSpoolHandsOver(t *testing.T) {
	src := blockingReader{make(chan byte)}
	s := NewSpool(src, 100)
	defer s.Close()
	first, _ := s.Reader(false)
	ended := make(chan error)
	go func() { _, err := first.Read(make([]byte, 10)); ended <- err }()
	eventually(t, "taking", s.begun)
	first.Close()
	second, err := s.Reader(true)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() { b, _ := io.ReadAll(second); got <- string(b) }()
	src.tokens <- 'a'
	if err := <-ended; err == nil {
		t.Error("the closed reader read on")
	}
	src.tokens <- 'b'
	close(src.tokens)
	if b := <-got; b != "ab" {
		t.Errorf("%q", b)
	}
	if _, err := s.Reader(false); err != ErrNotKept {
		t.Errorf("a third reader: %v", err)
	}
}

// G2: a reader that yields takes no more than can be kept, so that the next still
// gets the whole; when that one has gone beyond, it is told. One that is the last
// after all gets the whole, too.
func TestSpoolYields(t *testing.T) {
	body := payload(3000)
	s := NewSpool(strings.NewReader(body), 1000)
	defer s.Close()
	first, _ := s.Reader(false)
	first.Yield()
	type result struct {
		got string
		err error
	}
	read := make(chan result)
	go func() { b, err := io.ReadAll(first); read <- result{string(b), err} }()
	eventually(t, "it takes what can be kept", func() bool { return s.recorded() == 1000 })
	last, err := s.Reader(true)
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	if got, err := io.ReadAll(last); string(got) != body || err != nil {
		t.Errorf("the next got %d bytes, %v", len(got), err)
	}
	if r := <-read; r.got != body[:1000] || r.err != ErrReplayLimit {
		t.Errorf("the one that yields got %d bytes, %v", len(r.got), r.err)
	}

	alone := NewSpool(strings.NewReader(body), 1000)
	defer alone.Close()
	only, _ := alone.Reader(true)
	defer only.Close()
	only.Yield()
	go func() { b, err := io.ReadAll(only); read <- result{string(b), err} }()
	eventually(t, "it takes what can be kept", func() bool { return alone.recorded() == 1000 || alone.begun() })
	only.MakeLast()
	if r := <-read; r.got != body || r.err != nil {
		t.Errorf("the last one got %d bytes, %v", len(r.got), r.err)
	}
}

// G2: a reader that outlives the spool gets the rest of a body that was taken as a
// whole; nothing is kept after it.
func TestSpoolOutlived(t *testing.T) {
	body := payload(2 * SpoolMemory)
	s := NewSpool(strings.NewReader(body), 1<<20)
	slow, _ := s.Reader(false)
	quick, _ := s.Reader(false)
	if _, err := io.Copy(io.Discard, quick); err != nil {
		t.Fatal(err)
	}
	quick.Close()
	slow.Outlive()
	s.Close()
	if got, err := io.ReadAll(slow); string(got) != body || err != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if slow.Close(); s.file != nil || s.memory != nil {
		t.Error("it is kept for nobody")
	}
	cut := NewSpool(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF)), 100)
	r, _ := cut.Reader(false)
	r.Outlive()
	io.ReadAll(r)
	cut.Close()
	if again, err := io.ReadAll(r); len(again) > 0 || err == nil {
		t.Errorf("%q %v of a body that broke off", again, err)
	}
	r.Close()
}
