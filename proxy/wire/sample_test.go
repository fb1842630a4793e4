package wire

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A sample is the beginning of what has passed, as long as there is room, counts all
// of it, and has no memory of others.
func TestASampleIsTheBeginningOfABody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var room Allowance
		room.Limit(int64(rapid.IntRange(0, 200).Draw(t, "allowed")))
		max := rapid.IntRange(0, 150).Draw(t, "max")
		s := NewSample(max, rapid.Int64Range(-1, 300).Draw(t, "length"), &room)
		var body, seen []byte
		gap := false
		for range rapid.IntRange(0, 8).Draw(t, "pieces") {
			p := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "piece")
			if gap = gap || rapid.IntRange(0, 5).Draw(t, "skipped") == 0; gap {
				s.Skip(int64(len(p)))
				gap = gap && len(p) > 0
				body = append(body, p...)
				continue
			}
			body = append(body, p...)
			s.Add(p)
			seen = bytes.Clone(s.Bytes)
			clear(p)
		}
		if !bytes.HasPrefix(body, s.Bytes) || !bytes.Equal(seen, s.Bytes) || s.Size != int64(len(body)) || len(s.Bytes) > max {
			t.Fatalf("of %d bytes %d are kept, %d counted", len(body), len(s.Bytes), s.Size)
		}
		if used := room.Used(); used != int64(s.Cost()) || used < int64(cap(s.Bytes)) {
			t.Fatalf("%d taken, %d told, room for %d", used, s.Cost(), cap(s.Bytes))
		}
	})
}

// An allowance is not exceeded, and what is given back can be had again.
func TestAnAllowanceIsKeptTo(t *testing.T) {
	var a Allowance
	if a.Take(1) {
		t.Error("the zero one allows something")
	}
	a.Limit(10)
	if !a.Take(6) || a.Take(5) || !a.Take(4) || a.Take(1) {
		t.Errorf("%d are taken", a.Used())
	}
	a.Give(6)
	if !a.Take(5) || a.Used() != 9 {
		t.Errorf("%d are taken", a.Used())
	}
}

// What is taken from the client is sampled, whoever reads it and however it ends.
func TestASpoolIsSampled(t *testing.T) {
	var room Allowance
	room.Limit(1 << 20)
	for _, c := range []struct {
		body    string
		length  int64
		read    int64 // by the first reader; the second reads all
		fails   bool
		want    string
		isWhole bool
	}{
		{"hello", 5, 2, false, "hello", true},
		{"hello", -1, 9, false, "hello", true},
		{strings.Repeat("x", 200), -1, 50, false, strings.Repeat("x", 100), true},
		{"hal", 5, 9, true, "hal", false},
	} {
		src := io.Reader(strings.NewReader(c.body))
		if c.fails {
			src = io.MultiReader(src, brokenReader{})
		}
		s := NewSpool(src, 1000)
		s.Watch(100, c.length, &room)
		first, _ := s.Reader(false)
		io.CopyN(io.Discard, first, c.read)
		first.Close()
		second, _ := s.Reader(true)
		io.Copy(io.Discard, second)
		got := s.Sampled()
		if string(got.Bytes) != c.want || got.Size != int64(len(c.body)) || got.Whole != c.isWhole {
			t.Errorf("%q: got %q of %d, whole %v", c.body, got.Bytes, got.Size, got.Whole)
		}
		second.Close()
		s.Close()
		room.Give(got.Cost())
	}
	if room.Used() != 0 {
		t.Errorf("%d bytes are still taken", room.Used())
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
