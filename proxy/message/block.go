package message

import (
	"bufio"
	"errors"
	"strings"
)

// MaxHead is how long the head of a request or of an answer, or a trailer, may be.
const MaxHead = 1 << 20

// ErrTooLarge says that a head, or a trailer, is longer than MaxHead.
var ErrTooLarge = errors.New("head is larger than 1 MiB")

// ReadBlock reads lines up to and including an empty one, without what
// follows, appending to buf. It returns what it has when it fails.
func ReadBlock(br *bufio.Reader, buf []byte) ([]byte, error) {
	whole := true // the piece begins a line
	for {
		// A line feed alone ends a line, too (RFC 9112, section 2.2): clients and servers
		// of all ages are met.
		piece, err := br.ReadSlice('\n')
		buf = append(buf, piece...)
		if len(buf) > MaxHead {
			return buf, ErrTooLarge
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return buf, err
		}
		if err == nil && whole && isEmptyLine(piece) {
			return buf, nil
		}
		whole = err == nil
	}
}

func isEmptyLine(line []byte) bool { return string(line) == "\r\n" || string(line) == "\n" }

// CutLine splits s after its first line, whose end it drops.
func CutLine(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}
