package logmux

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzLineWriter keeps P8 for any bytes: however they are cut, the same lines come
// out; they cannot steer a terminal; and where there is nothing but text, all of
// it is there.
func FuzzLineWriter(f *testing.F) {
	for _, seed := range []string{
		"hello\nworld", "a\r\nb\rc\n", "\x1b[31mred\x1b[0m\n", "\x1b]0;t\x07x\n", "漢字\xff\xe6\xbc", "\u009b2J\b\x1b[2K\x1bc",
		"\x1b[1;38;5;3mx\ny\x1b[K\r\x1b[Gz", strings.Repeat("long 漢 ", 9000),
	} {
		f.Add([]byte(seed), uint64(1))
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		whole := cleaned(string(in))
		if cut := cleaned(randomChunks(in, seed)...); !slices.Equal(whole, cut) {
			t.Fatalf("cut into chunks\n got %q\nwant %q", cut, whole)
		}
		var c cleaner
		c.feed(in)
		c.finish()
		start := 0
		for _, p := range c.pieces {
			checkHarmless(t, string(c.text[start:p.end]))
			start = p.end
		}
		if !bytes.ContainsAny(in, "\x1b\r\b") {
			wantEqual(t, string(c.text), visible(in))
		}
	})
}

// randomChunks cuts in at places that seed decides.
func randomChunks(in []byte, seed uint64) []string {
	random := rand.New(rand.NewPCG(seed, 0))
	var chunks []string
	for len(in) > 0 {
		n := min(1+random.IntN(1+random.IntN(40)), len(in))
		chunks = append(chunks, string(in[:n]))
		in = in[n:]
	}
	return chunks
}

// visible returns the text in bytes without ESC, CR and BS.
func visible(in []byte) string {
	var b strings.Builder
	for len(in) > 0 {
		r, n := utf8.DecodeRune(in)
		if r >= 0x20 && r != 0x7f && (r < 0x80 || r > 0x9f) || r == '\t' {
			b.WriteRune(r)
		}
		in = in[n:]
	}
	return b.String()
}

// checkHarmless fails when a terminal would do anything but show text and colour
// with piece, or stay coloured after it.
func checkHarmless(t *testing.T, piece string) {
	t.Helper()
	if !utf8.ValidString(piece) {
		t.Fatalf("not UTF-8: %q", piece)
	}
	plain := string(appendUnstyled(nil, []byte(piece)))
	for _, r := range plain {
		if r < 0x20 && r != '\t' || r >= 0x7f && r <= 0x9f {
			t.Fatalf("control character %q in %q", r, piece)
		}
	}
	last := strings.LastIndex(piece, "\x1b")
	if last >= 0 && !strings.HasPrefix(piece[last:], sgrReset) {
		t.Fatalf("colour is not reset: %q", piece)
	}
	for i := range piece {
		if piece[i] == esc && !sgrPattern.MatchString(piece[i:]) {
			t.Fatalf("not a colour: %q", piece[i:])
		}
	}
}
