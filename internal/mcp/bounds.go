package mcp

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// What a model is given at a time, in bytes. Clients cut or refuse results of more
// than some ten thousand tokens, and a token is three or four bytes.
const (
	lineMax = 2 << 10  // of a line of a log
	bodyMax = 8 << 10  // of a body of a request or an answer
	textMax = 32 << 10 // of a whole text
)

// cutLine is a line of lineMax bytes at most, and whether anything was left out,
// which it says at its end.
func cutLine(text string) (string, bool) {
	if len(text) <= lineMax {
		return text, false
	}
	return fmt.Sprintf("%s … [cut: %d bytes in all]", whole(text[:lineMax]), len(text)), true
}

// bounded is a text of about textMax bytes at most. What is left out of a longer one
// is its middle: what happened stands at its beginning, and what to do at its end.
func bounded(text string) string {
	if len(text) <= textMax {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i], _ = cutLine(line)
	}
	if text = strings.Join(lines, "\n"); len(text) <= textMax {
		return text
	}
	head, tail := whole(text[:textMax/4]), whole(text[len(text)-textMax*3/4:])
	return fmt.Sprintf("%s\n… [%d bytes left out] …\n%s", head, len(text)-len(head)-len(tail), tail)
}

// whole drops the halves of characters at both ends of a text that was cut.
func whole(text string) string {
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	for range utf8.UTFMax {
		if r, size := utf8.DecodeLastRuneInString(text); r != utf8.RuneError || size != 1 {
			break
		}
		text = text[:len(text)-1]
	}
	return text
}
