package wire

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
)

// A connection that is closed while a frame has come that nobody has read yet is over for
// who reads it, in whatever order the two come.
func TestAPatientConnEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mine, backend := net.Pipe()
		defer backend.Close()
		c := newPatientConn(mine)
		backend.Write(make([]byte, frameHead))
		c.Close()
		synctest.Wait()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
}

// Which heads of answers are kept back: those with a status of 300 and more, in all
// forms in which a backend may say it.
func TestRefusalHeads(t *testing.T) {
	for block, want := range map[string]bool{
		"\x88": false, "\x89": false, "\x8a": false, // 200, 204, 206
		"\x8b": true, "\x8c": true, "\x8d": true, "\x8e": true, // 304, 400, 404, 500
		"\x3f\xe1\x1f\x8d": false, "\x20\x8d": true, // behind another size of the table, in one byte
		"\x48\x03403": true, "\x08\x03503": true, "\x18\x03301": true, "\x48\x03201": false, "\x08\x03103": false,
		"\x48\x82\x10\x05": false, // 201, in Huffman's code
		"\x48\x82\x68\x0d": true,  // 405
		"\x48\x82\x64\x02": true,  // 302
		"":                 false, "\x48": false, "\xbe": false, "\x40\x01a": false,
	} {
		if got := isRefusalHead([]byte(block)); got != want {
			t.Errorf("%q: %t", block, got)
		}
	}
}

// The end of a request is found in whatever pieces its frames are written.
func TestFrameWalk(t *testing.T) {
	frames := "\x00\x00\x02\x01\x04\x00\x00\x00\x01ab" + "\x00\x00\x03\x00\x00\x00\x00\x00\x01abc" + "\x00\x00\x00\x00\x01\x00\x00\x00\x01"
	for size := 1; size <= len(frames); size++ {
		var w frameWalk
		ends := 0
		for rest := frames; rest != ""; rest = rest[min(size, len(rest)):] {
			if w.walk([]byte(rest[:min(size, len(rest))])) {
				ends++
			}
		}
		if ends != 1 || w.left != 0 || len(w.head) != 0 {
			t.Errorf("in pieces of %d: %d ends, %+v", size, ends, w)
		}
	}
}
