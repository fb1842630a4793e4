package tty

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
)

// modes reads along with what a terminal is sent, and knows which of its
// private modes (DECSET, ESC [ ? n h) are not as a shell expects them. The zero
// value is a terminal in which all are.
type modes struct {
	changed map[int]bool
	shown   bool
	state   modeState
	params  []byte
}

// modeState is how far into a sequence the bytes were.
type modeState uint8

const (
	modeText modeState = iota
	modeEscape
	modeBracket
	modeParams
)

// usual are the modes that matter after the program has gone, each with
// whether it is on in a shell.
func usual(mode int) (on, matters bool) {
	switch mode {
	case 7, 25: // lines wrap; the cursor is seen
		return true, true
	case 1, // cursor keys of applications
		9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016, // mouse and focus
		47, 1047, 1049, // the other screen
		2004, 2026: // pasted text marked; output held back
		return false, true
	}
	return false, false
}

// note takes bytes that go to the terminal, however they are cut.
func (m *modes) note(p []byte) {
	m.shown = true
	for len(p) > 0 {
		if m.state == modeText {
			i := bytes.IndexByte(p, 0x1b)
			if i < 0 {
				return
			}
			p = p[i:]
		}
		m.step(p[0])
		p = p[1:]
	}
}

func (m *modes) step(b byte) {
	switch {
	case b == 0x1b:
		m.state, m.params = modeEscape, m.params[:0]
	case m.state == modeEscape && b == '[':
		m.state = modeBracket
	case m.state == modeBracket && b == '?':
		m.state = modeParams
	case m.state == modeParams && (b >= '0' && b <= '9' || b == ';') && len(m.params) < 64:
		m.params = append(m.params, b)
	case m.state == modeParams && (b == 'h' || b == 'l'):
		m.set(b == 'h')
		m.state = modeText
	default:
		m.state = modeText
	}
}

func (m *modes) set(on bool) {
	for param := range bytes.SplitSeq(m.params, []byte(";")) {
		mode, _ := strconv.Atoi(string(param))
		usualOn, matters := usual(mode)
		switch {
		case !matters:
		case on == usualOn:
			delete(m.changed, mode)
		case m.changed == nil:
			m.changed = map[int]bool{mode: true}
		default:
			m.changed[mode] = true
		}
	}
}

// undo is what puts the terminal back, once it is cooked again, on a new line,
// and forgets it all.
func (m *modes) undo() []byte {
	if !m.shown {
		return nil
	}
	var out []byte
	if m.state != modeText {
		out = append(out, 0x18) // CAN: an unfinished sequence must not swallow what follows
	}
	out = append(out, "\x1b[0m"...)
	for _, mode := range slices.Sorted(maps.Keys(m.changed)) {
		end := "l"
		if on, _ := usual(mode); on {
			end = "h"
		}
		out = append(out, "\x1b[?"+strconv.Itoa(mode)+end...)
	}
	*m = modes{}
	return append(out, '\n')
}
