package logmux

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cleaned returns the pieces that chunks make, a continued one with a "+" in front.
func cleaned(chunks ...string) []string {
	var c cleaner
	for _, chunk := range chunks {
		c.feed([]byte(chunk))
	}
	c.finish()
	return piecesOf(&c)
}

func piecesOf(c *cleaner) []string {
	var got []string
	start := 0
	for _, p := range c.pieces {
		mark := ""
		if p.continued {
			mark = "+"
		}
		got = append(got, mark+string(c.text[start:p.end]))
		start = p.end
	}
	return got
}

// P8: clearing and cursor codes are dropped, colours kept and reset at line end.
func TestCleanedLines(t *testing.T) {
	for name, test := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":                         {"", nil},
		"one line":                        {"hello\n", []string{"hello"}},
		"an unfinished last line":         {"a\nb", []string{"a", "b"}},
		"empty lines":                     {"\n\na\n", []string{"", "", "a"}},
		"tabs stay":                       {"\tat x\ty\n", []string{"\tat x\ty"}},
		"letters beyond ASCII":            {"grüße 漢字 🚀é\n", []string{"grüße 漢字 🚀é"}},
		"CRLF":                            {"a\r\nb\r\n", []string{"a", "b"}},
		"CR CR LF":                        {"a\r\r\nb\n", []string{"a", "b"}},
		"progress shows its last state":   {"10%\r50%\r100%\n", []string{"100%"}},
		"progress that ends with CR":      {"10%\r50%\r", []string{"50%"}},
		"progress that is padded":         {"loading\rok     \n", []string{"ok     "}},
		"progress cleared to the end":     {"loading\r\x1b[K\n", []string{""}},
		"progress cleared below":          {"loading\r\x1b[Jok\n", []string{"ok"}},
		"progress by column 1":            {"a\x1b[1Gb\x1b[Gc\n", []string{"c"}},
		"progress by erasing the line":    {"abc\x1b[2Kd\n", []string{"d"}},
		"erasing the rest of a full line": {"abc\x1b[K\n", []string{"abc"}},
		"a spinner of backspaces":         {"|\b/\b-\bdone\n", []string{"done"}},
		"a backspace takes a character":   {"漢字\b\n", []string{"漢"}},
		"backspaces stop at the start":    {"a\n\b\b\bb\n", []string{"a", "b"}},
		"backspaces stop at a colour":     {"a\x1b[1mb\b\b\bc\n", []string{"a\x1b[1mc\x1b[0m"}},

		"colour":                           {"\x1b[31mred\x1b[0m\n", []string{"\x1b[31mred\x1b[0m"}},
		"colour is reset at the line end":  {"\x1b[31mred\n\x1b[m", []string{"\x1b[31mred\x1b[0m"}},
		"colour goes on in the next line":  {"\x1b[31ma\nb\x1b[0m\nc\n", []string{"\x1b[31ma\x1b[0m", "\x1b[31mb\x1b[0m", "c"}},
		"colour survives a new start":      {"\x1b[31mno\ryes\n", []string{"\x1b[31myes\x1b[0m"}},
		"colour ends by its own code":      {"\x1b[31ma\x1b[39mb\n", []string{"\x1b[31ma\x1b[0mb"}},
		"colours without text vanish":      {"\x1b[31m\x1b[0m\n", []string{""}},
		"bold and colour at once":          {"\x1b[1;31ma\x1b[22mb\n", []string{"\x1b[1;31ma\x1b[0;31mb\x1b[0m"}},
		"256 colours and 24 bits":          {"\x1b[38;5;208ma\x1b[48;2;1;2;3mb\n", []string{"\x1b[38;5;208ma\x1b[0;38;5;208;48;2;1;2;3mb\x1b[0m"}},
		"a colour of a private kind":       {"\x1b[>4;1ma\x1b[?25mb\n", []string{"ab"}},
		"clear screen":                     {"\x1b[2J\x1b[3J\x1b[Ha\x1bcb\n", []string{"ab"}},
		"cursor movement":                  {"a\x1b[1Ab\x1b[2;5Hc\x1b7d\x1b8\n", []string{"abcd"}},
		"alternate screen, hidden cursor":  {"\x1b[?1049ha\x1b[?25lb\n", []string{"ab"}},
		"window title ended by BEL":        {"a\x1b]0;title\x07b\n", []string{"ab"}},
		"window title ended by ST":         {"a\x1b]0;title\x1b\\b\n", []string{"ab"}},
		"hyperlink":                        {"\x1b]8;;http://x/\x1b\\text\x1b]8;;\x1b\\\n", []string{"text"}},
		"clipboard":                        {"\x1b]52;c;cm0gLXJmIC8=\x07x\n", []string{"x"}},
		"DCS, SOS, PM and APC":             {"a\x1bPq#0\x1b\\b\x1bXs\x1b\\c\x1b^p\x1b\\d\x1b_G\x1b\\e\n", []string{"abcde"}},
		"character sets":                   {"\x1b(0a\x1b)Bb\x1b#8c\n", []string{"abc"}},
		"a sequence that is called off":    {"\x1b[31\x18a\x1b]0;t\x1ab\n", []string{"ab"}},
		"a sequence in a sequence":         {"\x1b[3\x1b[31ma\n", []string{"\x1b[31ma\x1b[0m"}},
		"a bell in a sequence":             {"\x1b[3\x071ma\n", []string{"\x1b[31ma\x1b[0m"}},
		"a line end in a sequence":         {"a\x1b[31\nb\x1b]0;t\nc\n", []string{"a", "b", "c"}},
		"a letter beyond ASCII in one":     {"\x1b[31éa\n", []string{"éa"}},
		"an endless sequence":              {"\x1b[" + strings.Repeat("1;", 200) + "ma\n", []string{"a"}},
		"a sequence too long to obey":      {"\x1b[" + strings.Repeat("0", 63) + "31ma\n", []string{"a"}},
		"an unfinished sequence":           {"a\x1b[3", []string{"a"}},
		"a lone ESC":                       {"a\x1b\nb\n", []string{"a", "b"}},
		"NUL, BEL, VT, FF, SO, DEL":        {"a\x00b\x07c\vd\fe\x0ef\x7fg\n", []string{"abcdefg"}},
		"C1: CSI, OSC, NEL in UTF-8":       {"a\u009b2Jb\u009d0;tc\u0085d\n", []string{"a2Jb0;tcd"}},
		"C1: as single bytes":              {"a\x9b2Jb\n", []string{"a\uFFFD2Jb"}},
		"bytes that are not UTF-8":         {"caf\xe9\n\xff\xfe\n", []string{"caf\uFFFD", "\uFFFD\uFFFD"}},
		"a character cut by a line end":    {"\xe6\xbc\n", []string{"\uFFFD\uFFFD"}},
		"a character cut by the end":       {"a\xe6\xbc", []string{"a\uFFFD\uFFFD"}},
		"text that turns the line round":   {"a\u202etxt.exe\u202c \u2066b\u2069\n", []string{`a\u202etxt.exe\u202c \u2066b\u2069`}},
		"marks of right-to-left scripts":   {"a\u200eשלום\u200f\n", []string{"a\u200eשלום\u200f"}},
		"line and paragraph separators":    {"a\u2028b\u2029c\n", []string{`a\u2028b\u2029c`}},
		"an overlong and a surrogate form": {"\xc0\xaf\xed\xa0\x80\n", []string{strings.Repeat("\uFFFD", 5)}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cleaned(test.in); !slices.Equal(got, test.want) {
				t.Errorf("in one feed\n got %q\nwant %q", got, test.want)
			}
			if got := cleaned(strings.Split(test.in, "")...); !slices.Equal(got, test.want) {
				t.Errorf("in single characters\n got %q\nwant %q", got, test.want)
			}
			if got := cleaned(singleBytes(test.in)...); !slices.Equal(got, test.want) {
				t.Errorf("in single bytes\n got %q\nwant %q", got, test.want)
			}
		})
	}
}

func singleBytes(s string) []string {
	var all []string
	for i := range len(s) {
		all = append(all, s[i:i+1])
	}
	return all
}

// P8: 10 MB without a newline come in pieces of 64 KiB marked as continued.
func TestLongLinesComeInPieces(t *testing.T) {
	t.Run("64 KiB are one line", func(t *testing.T) {
		line := strings.Repeat("x", maxPiece)
		if got := cleaned(line + "\n"); len(got) != 1 || got[0] != line {
			t.Errorf("%d pieces, want 1", len(got))
		}
	})
	t.Run("a byte more is a second piece", func(t *testing.T) {
		got := cleaned(strings.Repeat("x", maxPiece) + "y\nz\n")
		if !slices.Equal(got[1:], []string{"+y", "z"}) || len(got[0]) != maxPiece {
			t.Errorf("after a piece of %d bytes: %q, want +y and z", len(got[0]), got[1:])
		}
	})
	t.Run("10 MB stay small in memory", func(t *testing.T) {
		var c cleaner
		total := 0
		block := bytes.Repeat([]byte("0123456789abcdef"), 2048)
		for range 10 << 20 / len(block) {
			c.feed(block)
			for _, p := range c.pieces {
				if p.end > maxPiece {
					t.Fatalf("a piece of %d bytes", p.end)
				}
			}
			total += c.start
			c.drop()
		}
		c.finish()
		if total += len(c.text); total != 10<<20 {
			t.Errorf("%d bytes of text came out, want %d", total, 10<<20)
		}
		if cap(c.text) > 4*maxPiece {
			t.Errorf("the buffer has grown to %d bytes", cap(c.text))
		}
	})
	t.Run("characters stay whole", func(t *testing.T) {
		line := "x" + strings.Repeat("漢", maxPiece/3) + "字"
		got := cleaned(line)
		wantEqual(t, got[0]+strings.TrimPrefix(got[1], "+"), line)
		if len(got[0]) != maxPiece-2 && len(got[0]) != maxPiece {
			t.Errorf("first piece has %d bytes", len(got[0]))
		}
		for _, piece := range got {
			if strings.Contains(piece, "\uFFFD") {
				t.Error("a character was split")
			}
		}
	})
	t.Run("chunks do not move the cuts", func(t *testing.T) {
		line := strings.Repeat("x\x1b[32m漢\x1b[0m\b\x1b[1m字", 8000)
		if !slices.Equal(cleaned(line), cleaned(randomChunks([]byte(line), 1)...)) {
			t.Error("other pieces from chunks than from the whole")
		}
	})
	t.Run("colours are reset and taken up again", func(t *testing.T) {
		got := cleaned("\x1b[31m" + strings.Repeat("x", maxPiece) + "\n")
		if !strings.HasSuffix(got[0], "x\x1b[0m") || !strings.HasPrefix(got[1], "+\x1b[31mx") {
			t.Errorf("pieces end and begin with %q and %q", got[0][len(got[0])-8:], got[1][:8])
		}
	})
	t.Run("a flood of colours stays small", func(t *testing.T) {
		for _, piece := range cleaned(strings.Repeat("\x1b[1;2;3;4;7;38;2;1;2;3;48;2;4;5;6mx\x1b[0my", 10_000)) {
			if len(piece) > maxPiece+128 {
				t.Errorf("a piece of %d bytes", len(piece))
			}
		}
	})
}

func TestPartialLines(t *testing.T) {
	for name, test := range map[string]struct {
		before, after string
		want          []string
	}{
		"the rest continues it":              {"Password: ", "secret\nnext\n", []string{"Password: ", "+secret", "next"}},
		"a line end adds nothing":            {"Password: ", "\nnext\n", []string{"Password: ", "next"}},
		"neither does CRLF":                  {"Password: ", "\r\nnext\n", []string{"Password: ", "next"}},
		"the end of the stream adds nothing": {"Password: ", "", []string{"Password: "}},
		"an empty line after it is shown":    {"Password: ", "\n\n", []string{"Password: ", ""}},
		"a new start is a new line":          {"50%", "\r60%\n", []string{"50%", "60%"}},
		"so is one that was announced":       {"50%\r", "60%\n", []string{"50%", "60%"}},
		"colours are reset and taken up":     {"\x1b[32m? ", "yes\x1b[0m\n", []string{"\x1b[32m? \x1b[0m", "+\x1b[32myes\x1b[0m"}},
		"a cut character waits for its rest": {"a\xe6\xbc", "\xa2\n", []string{"a", "+漢"}},
		"a cut sequence waits for its rest":  {"a\x1b[3", "1mb\n", []string{"a", "+\x1b[31mb\x1b[0m"}},
		"a backspace spares what was shown":  {"ab", "\b\bc\n", []string{"ab", "+c"}},
	} {
		t.Run(name, func(t *testing.T) {
			var c cleaner
			c.feed([]byte(test.before))
			c.showPartial()
			got := piecesOf(&c)
			c.drop()
			c.showPartial() // nothing new: shows nothing
			c.feed([]byte(test.after))
			c.finish()
			if got = append(got, piecesOf(&c)...); !slices.Equal(got, test.want) {
				t.Errorf("\n got %q\nwant %q", got, test.want)
			}
		})
	}
}

// The eight-bytes-at-a-time loop finds what a simple loop finds.
func TestPlainLen(t *testing.T) {
	simple := func(p []byte) int {
		for i, b := range p {
			if (b < 0x20 || b > 0x7e) && b != '\t' {
				return i
			}
		}
		return len(p)
	}
	for position := range 20 {
		for b := range 256 {
			p := bytes.Repeat([]byte("a"), 20)
			p[position] = byte(b)
			if got, want := plainLen(p), simple(p); got != want {
				t.Fatalf("byte %#x at %d: %d, want %d", b, position, got, want)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.SampledFrom([]byte("\x00\t\n\x1f\x20a~\x7f\x80\xa0\xff")), 0, 40).Draw(t, "p")
		if got, want := plainLen(p), simple(p); got != want {
			t.Fatalf("%q: %d, want %d", p, got, want)
		}
	})
}
