package tty

import (
	"testing"

	"pgregory.net/rapid"
)

func TestModesAreUndoneAndOnlyThose(t *testing.T) {
	for _, c := range []struct{ shown, want string }{
		{"plain \x1b[31mred", "\x1b[0m\n"},
		{"\x1b[?1049h\x1b[?25l", "\x1b[0m\x1b[?25h\x1b[?1049l\n"},
		{"\x1b[?1049h\x1b[?25l\x1b[?25h\x1b[?1049l", "\x1b[0m\n"},
		{"\x1b[?1000;1006;9999h", "\x1b[0m\x1b[?1000l\x1b[?1006l\n"},
		{"\x1b[1049h \x1b]?25l\x07 ?25l", "\x1b[0m\n"}, // no private modes
		{"\x1b[?25l\x1b[?7", "\x18\x1b[0m\x1b[?25h\n"}, // ends in the midst
		{"\x1b[?\x1b[?7l", "\x1b[0m\x1b[?7h\n"},
	} {
		var m modes
		m.note([]byte(c.shown))
		if got := string(m.undo()); got != c.want {
			t.Errorf("%q: got %q, want %q", c.shown, got, c.want)
		}
		if again := m.undo(); again != nil {
			t.Errorf("%q: undone twice: %q", c.shown, again)
		}
	}
}

func TestModesDoNotDependOnHowBytesAreCut(t *testing.T) {
	piece := rapid.SampledFrom([]string{"\x1b", "[", "?", "25", "1049", ";", "h", "l", "x", "\x1b[?", "\x1b[?1h"})
	rapid.Check(t, func(t *rapid.T) {
		var whole, cut modes
		var all []byte
		for _, p := range rapid.SliceOf(piece).Draw(t, "pieces") {
			all = append(all, p...)
			cut.note([]byte(p))
		}
		if len(all) > 0 {
			whole.note(all)
		}
		if a, b := string(whole.undo()), string(cut.undo()); a != b {
			t.Fatalf("%q: whole %q, cut %q", all, a, b)
		}
	})
}
