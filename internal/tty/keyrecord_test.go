package tty

import "testing"

// pressedKey is a record of a key that goes down.
func pressedKey(key uint16, char rune, state uint32) keyRecord {
	return keyRecord{down: 1, repeat: 1, key: key, char: uint16(char), state: state}
}

// C6: what a console tells of keys is what a terminal of Unix sends for them.
func TestRecordsOfKeysAreTheBytesOfATerminal(t *testing.T) {
	let := func(r keyRecord) keyRecord { r.down = 0; return r }
	twice := func(r keyRecord) keyRecord { r.repeat = 2; return r }
	const shift, leftAlt, rightAlt, leftCtrl = 0x10, 0x2, 0x1, 0x8
	for _, c := range []struct {
		name    string
		records []keyRecord
		want    string
	}{
		{"a letter, and its key let go", []keyRecord{pressedKey('R', 'r', 0), let(pressedKey('R', 'r', 0))}, "r"},
		{"held", []keyRecord{twice(pressedKey('R', 'r', 0))}, "rr"},
		{"no repeat is once", []keyRecord{{down: 1, key: 'R', char: 'r'}}, "r"},
		{"an umlaut", []keyRecord{pressedKey(0xba, 'ü', 0)}, "ü"},
		{"a character of two units", []keyRecord{pressedKey(0, 0xd83d, 0), pressedKey(0, 0xde00, 0)}, "😀"},
		{"half of one, and a letter", []keyRecord{pressedKey(0, 0xd83d, 0), pressedKey('A', 'a', 0)}, "a"},
		{"the second half alone", []keyRecord{pressedKey(0, 0xde00, 0), pressedKey('A', 'a', 0)}, "a"},
		{"AltGr and Q", []keyRecord{pressedKey('Q', '@', leftCtrl|rightAlt)}, "@"},
		{"Alt and r", []keyRecord{pressedKey('R', 'r', leftAlt)}, "\x1br"},
		{"a number typed with Alt", []keyRecord{let(pressedKey(0x12, 'é', 0))}, "é"},
		{"Alt alone", []keyRecord{pressedKey(0x12, 0, leftAlt), let(pressedKey(0x12, 0, 0))}, ""},
		{"shift alone", []keyRecord{pressedKey(0x10, 0, shift)}, ""},
		{"Enter, Escape, Ctrl-], Ctrl-C", []keyRecord{pressedKey(0x0d, '\r', 0), pressedKey(0x1b, 0x1b, 0), pressedKey(0xdd, 0x1d, leftCtrl), pressedKey('C', 3, leftCtrl)}, "\r\x1b\x1d\x03"},
		{"Tab, and back", []keyRecord{pressedKey(0x09, '\t', 0), pressedKey(0x09, '\t', shift)}, "\t\x1b[Z"},
		{"Backspace, and with Ctrl", []keyRecord{pressedKey(0x08, '\b', 0), pressedKey(0x08, 0x7f, leftCtrl)}, "\x7f\b"},
		{"Ctrl and the space bar", []keyRecord{pressedKey(0x20, 0, leftCtrl)}, "\x00"},
		{"arrows", []keyRecord{pressedKey(0x26, 0, 0), pressedKey(0x28, 0, 0), pressedKey(0x27, 0, 0), pressedKey(0x25, 0, 0)}, "\x1b[A\x1b[B\x1b[C\x1b[D"},
		{"Home, End, with Ctrl", []keyRecord{pressedKey(0x24, 0, 0), pressedKey(0x23, 0, leftCtrl)}, "\x1b[H\x1b[1;5F"},
		{"pages, Insert, Delete with shift", []keyRecord{pressedKey(0x21, 0, 0), pressedKey(0x22, 0, 0), pressedKey(0x2d, 0, 0), pressedKey(0x2e, 0, shift)}, "\x1b[5~\x1b[6~\x1b[2~\x1b[3;2~"},
		{"F1, F4, F5, F6, F10, F11, F12", []keyRecord{
			pressedKey(0x70, 0, 0), pressedKey(0x73, 0, 0), pressedKey(0x74, 0, 0), pressedKey(0x75, 0, 0), pressedKey(0x79, 0, 0), pressedKey(0x7a, 0, 0), pressedKey(0x7b, 0, 0),
		}, "\x1bOP\x1bOS\x1b[15~\x1b[17~\x1b[21~\x1b[23~\x1b[24~"},
	} {
		var d keyDecoder
		var got []byte
		for _, r := range c.records {
			got = d.add(got, r)
		}
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// No console can make one read long.
func TestARecordIsNotManyKeys(t *testing.T) {
	r := pressedKey('R', 'r', 0)
	r.repeat = 0xffff
	if got := new(keyDecoder).add(nil, r); len(got) != mostRepeats {
		t.Errorf("%d keys", len(got))
	}
}

// The keyboard leaves out what it has no use for, from consoles as from terminals.
func FuzzKeyDecoder(f *testing.F) {
	f.Add(int32(1), uint16(1), uint16('R'), uint16('r'), uint32(0))
	f.Fuzz(func(t *testing.T, down int32, repeat, key, char uint16, state uint32) {
		var d keyDecoder
		got := d.add(nil, keyRecord{down: down, repeat: repeat, key: key, char: char, state: state})
		if len(got) > 8*mostRepeats {
			t.Errorf("%d bytes", len(got))
		}
		if char == 0 && down != 0 && len(got) > 1 {
			if rest := longKey().ReplaceAllString(string(got), ""); rest != "" && rest[0] != 0 {
				t.Errorf("%q is left of %q", rest, got)
			}
		}
	})
}
