package logmux

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// maxPiece is the length in bytes at which a line is cut into pieces.
const maxPiece = 64 << 10

// A piece is a line, or a part of a line, that is ready to be shown.
type piece struct {
	end       int  // where it ends in cleaner.text; it starts where the one before ends
	continued bool // it goes on with the line of the piece before
	styled    bool // it holds SGR sequences
}

// A cleaner turns the bytes of one stream into pieces of clean text: valid UTF-8
// whose only control characters are tabs and SGR sequences in normal form, reset
// at the end of each piece. It knows no time and does no I/O: the same bytes give
// the same pieces, however they are cut into feeds.
type cleaner struct {
	text   []byte // the pieces, then the line being built
	pieces []piece
	start  int // where the line being built starts in text
	floor  int // where a backspace stops: at start or after the last SGR sequence

	cr       bool // the next visible character starts the line again
	progress bool // the line has been started again
	more     bool // the next piece continues the one before
	styled   bool // the line being built holds SGR sequences

	have, want style // of the text so far; of the text to come
	esc        escape
	part       [utf8.UTFMax]byte // a character of which bytes are missing
	nPart      int
}

// feed takes the next bytes of the stream.
func (c *cleaner) feed(p []byte) {
	for len(p) > 0 {
		switch {
		case c.esc.state != ground:
			if c.inEscape(p[0]) {
				p = p[1:]
			}
			continue
		case c.nPart > 0:
			c.completeRune(p[0])
			p = p[1:]
			continue
		}
		if n := plainLen(p); n > 0 {
			c.put(p[:n])
			p = p[n:]
			continue
		}
		if p[0] < utf8.RuneSelf {
			c.control(p[0])
			p = p[1:]
			continue
		}
		p = c.wide(p)
	}
}

// finish ends the stream: what is unfinished becomes the last line.
// One sign for each byte, as a decoder of UTF-8 makes of bytes that belong to nothing.
func (c *cleaner) finish() {
	if c.nPart > 0 {
		for range c.nPart {
			c.put([]byte("\uFFFD"))
		}
		c.nPart = 0
	}
	c.esc.state = ground
	c.showPartial()
}

// unshown reports whether the line being built has text no piece has.
// It is asked by the timer that shows prompts.
func (c *cleaner) unshown() bool { return len(c.text) > c.start }

// showPartial makes a piece of the unfinished line.
func (c *cleaner) showPartial() {
	if c.unshown() {
		c.endPiece()
		c.more = true
	}
}

// drop forgets the pieces, which have been shown.
func (c *cleaner) drop() {
	n := copy(c.text, c.text[c.start:])
	c.text = c.text[:n]
	c.pieces = c.pieces[:0]
	c.floor -= c.start
	c.start = 0
}

// put appends visible text, which must be whole characters.
func (c *cleaner) put(run []byte) {
	if c.cr {
		c.rewind()
	}
	for {
		// In a loop, as one write may hold many lines' worth of text without a line end.
		if c.want != c.have {
			c.restyle()
		}
		room := maxPiece - (len(c.text) - c.start)
		if len(run) <= room {
			c.text = append(c.text, run...)
			return
		}
		n := runeFloor(run, room)
		c.text = append(c.text, run[:n]...)
		run = run[n:]
		c.endPiece()
		c.more = true
	}
}

// runeFloor returns the largest n <= limit at which run may be cut.
func runeFloor(run []byte, limit int) int {
	n := max(limit, 0)
	for n > 0 && !utf8.RuneStart(run[n]) {
		n--
	}
	return n
}

func (c *cleaner) restyle() {
	c.text = c.want.appendSGR(c.text, c.have)
	c.have = c.want
	c.floor = len(c.text)
	c.styled = true
}

// rewind starts the line again. The colour that is on stays on.
func (c *cleaner) rewind() {
	c.text = c.text[:c.start]
	c.floor = c.start
	// The sequences of the line so far go with it; want brings the colour back with the
	// next character.
	c.have = style{}
	c.cr, c.more, c.styled = false, false, false
	c.progress = true
}

func (c *cleaner) endPiece() {
	// Reset at each end, so that no line colours what is printed after it; put takes the
	// colour up again.
	if c.have != (style{}) {
		c.text = append(c.text, sgrReset...)
		c.have = style{}
	}
	c.pieces = append(c.pieces, piece{len(c.text), c.more, c.styled})
	c.start = len(c.text)
	c.floor = c.start
	c.styled = false
}

// newline ends the line. Where all of it has been shown, there is nothing to add.
func (c *cleaner) newline() {
	if c.unshown() || !c.more {
		c.endPiece()
	}
	c.cr, c.more, c.progress = false, false, false
}

// control takes a control character (C0 or DEL) outside of sequences.
func (c *cleaner) control(b byte) {
	switch b {
	case '\n':
		c.newline()
	case '\r':
		// Only noted: before a line feed it is part of the line end, and nothing is to be
		// started again.
		c.cr = true
	case '\b':
		c.backspace()
	case esc:
		c.esc.state = escStart
	}
}

// It stops at floor: half of an escape sequence taken away would be text.
func (c *cleaner) backspace() {
	if c.cr {
		return
	}
	_, n := utf8.DecodeLastRune(c.text[c.floor:])
	c.text = c.text[:len(c.text)-n]
}

// wide takes what stands at the front of p, which is not ASCII, and returns the
// rest of p.
func (c *cleaner) wide(p []byte) []byte {
	if n := wideLen(p); n > 0 {
		c.put(p[:n])
		return p[n:]
	}
	if !utf8.FullRune(p) {
		// The rest comes with the next feed; a raw write may end anywhere.
		c.nPart = copy(c.part[:], p)
		return nil
	}
	r, n := utf8.DecodeRune(p)
	switch {
	case r == utf8.RuneError:
		c.put([]byte("\uFFFD"))
	case reorders(r):
		c.put(fmt.Appendf(nil, `\u%04x`, r))
	}
	return p[n:] // else a C1 control character, dropped
}

// reorders reports whether a character would end the line for some programs, or
// make a terminal show the text around it, devgate's prefix included, in another
// order than it was written in: U+2028 and U+2029, and the embeddings, overrides
// and isolates of Unicode UAX #9. Letters that are written from right to left do
// not need them, nor do the marks that stand beside such letters.
func reorders(r rune) bool { return r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// completeRune adds a byte to the character of which bytes are missing.
func (c *cleaner) completeRune(b byte) {
	c.part[c.nPart] = b
	c.nPart++
	if !utf8.FullRune(c.part[:c.nPart]) {
		return
	}
	whole := c.part
	n := c.nPart
	c.nPart = 0
	c.feed(whole[:n])
}

// wideLen returns the length of the text at the front of p that is valid UTF-8
// beyond ASCII and holds no character that is dropped or shown by its number.
func wideLen(p []byte) int {
	i := 0
	for i < len(p) && p[i] >= utf8.RuneSelf {
		r, n := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && n == 1 || r < 0xa0 || reorders(r) {
			break
		}
		i += n
	}
	return i
}

// plainLen returns the length of the text at the front of p that is printable
// ASCII or tabs. It looks at eight bytes at a time: this loop is what the speed
// of the log depends on.
func plainLen(p []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for i+8 <= len(p) {
		w := binary.LittleEndian.Uint64(p[i:])
		// A high bit for every byte below 0x20 (borrow), above 0x7e (carry) or
		// above 0x7f. Borrow and carry spoil only bytes after one that counts.
		odd := ((w - ones*0x20) | (w + ones) | w) & highs
		if odd == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(odd) / 8
		if p[i] != '\t' {
			return i
		}
		i++
	}
	for i < len(p) && (p[i] >= 0x20 && p[i] < 0x7f || p[i] == '\t') {
		i++
	}
	return i
}
