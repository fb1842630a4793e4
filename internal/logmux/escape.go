package logmux

import "bytes"

// States of the parser of escape sequences (ECMA-48 and DEC VT500, reduced to
// what it takes to find the end of each sequence).
const (
	ground    uint8 = iota // plain text
	escStart               // after ESC
	escMiddle              // after ESC and an intermediate byte
	csiParams              // after ESC [
	escString              // inside OSC, DCS, SOS, PM or APC
)

// Control characters with a meaning inside or outside of a sequence.
const (
	bel = 0x07
	can = 0x18
	sub = 0x1a
	esc = 0x1b
)

// An escape is an escape sequence that is being read. The zero value is none.
type escape struct {
	state  uint8
	long   bool     // more parameter bytes than params holds: not obeyed
	n      int      // bytes used of params
	params [64]byte // parameter and intermediate bytes of a control sequence
}

// inEscape takes one byte of a sequence and reports whether it belonged to it.
// A byte that did not has ended the sequence and is text.
func (c *cleaner) inEscape(b byte) bool {
	e := &c.esc
	switch {
	// A sequence without an end would take the rest of the log with it.
	case b == '\n' || b == '\r':
		e.state = ground
		return false
	// ECMA-48: both break a sequence off.
	case b == can || b == sub:
		e.state = ground
		return true
	case b == esc:
		e.state = escStart
		return true
	case e.state == escString:
		if b == bel {
			e.state = ground
		}
		return true
	case b < 0x20:
		return true // a terminal would obey it in the midst of the sequence: dropped as elsewhere
	case b >= 0x7f:
		// DEL and bytes beyond ASCII are in no sequence: the text begins again.
		e.state = ground
		return false
	}
	c.escapeByte(b)
	return true
}

// escapeByte takes a printable byte outside of strings.
func (c *cleaner) escapeByte(b byte) {
	e := &c.esc
	switch {
	case e.state == csiParams && b >= 0x40:
		e.state = ground
		if !e.long {
			c.obey(b, e.params[:e.n])
		}
	case e.state == csiParams:
		e.collect(b)
	case b < 0x30:
		e.state = escMiddle
	case e.state == escStart && b == '[':
		e.state, e.n, e.long = csiParams, 0, false
	case e.state == escStart && bytes.IndexByte([]byte("]PX^_"), b) >= 0:
		e.state = escString
	default:
		e.state = ground // a sequence of two or three bytes, all dropped
	}
}

func (e *escape) collect(b byte) {
	if e.n == len(e.params) {
		// Long ones are of no use here: a colour has a few numbers.
		e.long = true
		return
	}
	e.params[e.n] = b
	e.n++
}

// obey carries out the control sequences that mean something to a log: colours,
// and the ways in which progress bars clear their line.
func (c *cleaner) obey(final byte, params []byte) {
	arg := string(params)
	// From the cursor on: the cursor is at the beginning only after a carriage return.
	toEnd := arg == "" || arg == "0"
	switch {
	case final == 'm':
		c.want = c.want.apply(params)
	// The first column: for a log the same as a carriage return.
	case final == 'G' && (arg == "" || arg == "1"):
		c.cr = true
	case (final == 'K' || final == 'J') && toEnd && c.cr,
		final == 'K' && arg == "2":
		c.rewind()
	}
}
