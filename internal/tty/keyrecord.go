package tty

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// keyRecord is what a console of Windows tells of a key (KEY_EVENT_RECORD). What it means
// is worked out here, so that keys are the same bytes on every system.
type keyRecord struct {
	down   int32  // 0: the key was let go
	repeat uint16 // how often it counts
	key    uint16 // the key (VK_…)
	scan   uint16 // where it is
	char   uint16 // a unit of UTF-16; 0: it has no letter
	state  uint32 // which other keys are down
}

// Keys and states, by the numbers that Windows has for them.
const (
	keyBackspace = 0x08
	keyTab       = 0x09
	keyAlt       = 0x12
	keySpace     = 0x20
	keyTwo       = 0x32

	stateAlt   = 0x1 | 0x2
	stateCtrl  = 0x4 | 0x8
	stateShift = 0x10
)

// mostRepeats bounds what one record is taken for: a key that lies under a book.
const mostRepeats = 64

// keyDecoder turns records into what a terminal of Unix would send for the same keys, in
// UTF-8. The zero value is ready.
type keyDecoder struct {
	high rune // the first half of a character that has two; 0: none
}

// add appends what a record means.
func (d *keyDecoder) add(to []byte, r keyRecord) []byte {
	// Of keys that are let go only Alt counts, when a character was typed by its number.
	if r.down == 0 && (r.key != keyAlt || r.char == 0) {
		return to
	}
	one := d.meaning(r)
	for range min(max(int(r.repeat), 1), mostRepeats) {
		to = append(to, one...)
	}
	return to
}

// meaning is what a key that counts once sends; "" for keys that mean nothing alone.
func (d *keyDecoder) meaning(r keyRecord) string {
	ctrl, alt := r.state&stateCtrl != 0, r.state&stateAlt != 0
	switch {
	case r.char == 0 && ctrl && (r.key == keySpace || r.key == keyTwo):
		return "\x00"
	case r.char == 0:
		return longKeyOf(r.key, r.state)
	case r.key == keyTab && r.state&stateShift != 0:
		return "\x1b[Z"
	// Windows has these two the other way round.
	case r.key == keyBackspace && r.char == '\b':
		r.char = 0x7f
	case r.key == keyBackspace && r.char == 0x7f:
		r.char = '\b'
	}
	text := d.character(rune(r.char))
	// With Ctrl it is AltGr, which is how letters are typed.
	if alt && !ctrl && text != "" && r.key != keyAlt {
		return "\x1b" + text
	}
	return text
}

// character is a unit of UTF-16 as UTF-8; "" for the first half of a character.
func (d *keyDecoder) character(unit rune) string {
	high := d.high
	d.high = 0
	switch {
	case !utf16.IsSurrogate(unit):
		return string(unit)
	case unit < 0xdc00:
		d.high = unit
		return ""
	}
	if pair := utf16.DecodeRune(high, unit); pair != utf8.RuneError {
		return string(pair)
	}
	return ""
}

// longKeyOf is the escape sequence of a key without a letter, as xterm has it.
func longKeyOf(key uint16, state uint32) string {
	held := modifiersOf(state)
	if final := finalOf(key); final != 0 {
		switch {
		case held > 1:
			return "\x1b[1;" + strconv.Itoa(held) + string(final)
		case final >= 'P': // F1 to F4
			return "\x1bO" + string(final)
		}
		return "\x1b[" + string(final)
	}
	number := numberOf(key)
	switch {
	case number == 0:
		return ""
	case held > 1:
		return "\x1b[" + strconv.Itoa(number) + ";" + strconv.Itoa(held) + "~"
	}
	return "\x1b[" + strconv.Itoa(number) + "~"
}

// modifiersOf is how xterm counts them; 1: none.
func modifiersOf(state uint32) int {
	held := 1
	if state&stateShift != 0 {
		held++
	}
	if state&stateAlt != 0 {
		held += 2
	}
	if state&stateCtrl != 0 {
		held += 4
	}
	return held
}

// finalOf is the letter that ends the sequence of a key; 0: it has none.
func finalOf(key uint16) rune {
	switch {
	case key >= 0x23 && key <= 0x28: // End, Home, left, up, right, down
		return rune("FHDACB"[key-0x23])
	case key >= 0x70 && key <= 0x73: // F1 to F4
		return rune("PQRS"[key-0x70])
	}
	return 0
}

// numberOf is the number in the sequence of a key; 0: it has none.
func numberOf(key uint16) int {
	switch key {
	case 0x21, 0x22: // page up, page down
		return int(key) - 0x21 + 5
	case 0x2d, 0x2e: // insert, delete
		return int(key) - 0x2d + 2
	case 0x74: // F5
		return 15
	case 0x75, 0x76, 0x77, 0x78, 0x79: // F6 to F10
		return int(key) - 0x75 + 17
	case 0x7a, 0x7b: // F11, F12
		return int(key) - 0x7a + 23
	}
	return 0
}
