package message

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// ErrChunk says that a chunked body is malformed.
var ErrChunk = errors.New("malformed chunk")

// extensionMax is how long the extensions of all chunks of a body may be, beside 16
// bytes for each: they are of no use to anybody (RFC 9112, section 7.1.1).
const extensionMax = 16 << 10

// Chunked reads a chunked body (RFC 9112, section 7.1). Its end is io.EOF, behind
// which Trailer has what came with it.
type Chunked struct {
	Trailer []Field // nil: there was none

	br     *bufio.Reader
	left   int64 // of the chunk
	inside bool  // in a chunk, or before the line end behind it
	last   bool  // behind the last chunk's size
	excess int   // of extensions
	err    error
}

// NewChunked reads a body from br, and nothing that follows it.
func NewChunked(br *bufio.Reader) *Chunked { return &Chunked{br: br} }

// Read implements io.Reader. It reads on behind a chunk as long as it need not wait.
func (c *Chunked) Read(p []byte) (n int, err error) {
	for n < len(p) && c.err == nil && (n == 0 || !c.Waits()) {
		if c.left == 0 {
			if c.err = c.advance(n > 0); c.last && n > 0 {
				break
			}
			continue
		}
		var m int
		m, err = c.br.Read(p[n:min(int64(len(p)), int64(n)+c.left)])
		n, c.left = n+m, c.left-int64(m)
		if err != nil {
			c.err = unexpected(err)
		}
	}
	if n > 0 {
		return n, nil // an end is told by the next Read
	}
	return 0, c.err
}

// advance goes on to the next chunk, or to the end; begun: not to the trailer yet.
func (c *Chunked) advance(begun bool) error {
	switch {
	case c.inside:
		return c.endChunk()
	case !c.last:
		if err := c.beginChunk(); err != nil || !c.last || begun {
			return err
		}
	}
	return c.readTrailer()
}

// Waits reports whether the next Read may have to wait for more to come.
func (c *Chunked) Waits() bool {
	have, _ := c.br.Peek(c.br.Buffered())
	switch {
	case c.err != nil:
		return false
	case c.left > 0:
		return len(have) == 0
	case c.inside && len(have) < len("\r\n"):
		return true
	case c.inside:
		have = have[len("\r\n"):]
	case c.last:
		return !endsTrailer(have)
	}
	line, rest, whole := bytes.Cut(have, []byte("\n"))
	if isLast := bytes.HasPrefix(line, []byte("0")); isLast {
		return !endsTrailer(rest)
	}
	return !whole || len(rest) == 0
}

// endsTrailer reports whether b has all that stands behind the last chunk's size.
func endsTrailer(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\r\n")) || bytes.Contains(b, []byte("\r\n\r\n"))
}

// unexpected is an end in the middle.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// endChunk reads the line end behind the data.
func (c *Chunked) endChunk() error {
	c.inside = false
	return c.expect("\r\n")
}

// expect reads these bytes. A line feed alone, which ends a line of a head, ends
// nothing here (RFC 9112, section 7.1): readers differ in it.
func (c *Chunked) expect(want string) error {
	for i := range len(want) {
		b, err := c.br.ReadByte()
		if err != nil {
			return unexpected(err)
		}
		if b != want[i] {
			return ErrChunk
		}
	}
	return nil
}

// beginChunk reads the line of a chunk's size.
func (c *Chunked) beginChunk() error {
	size, digits := int64(0), 0
	for {
		b, err := c.br.ReadByte()
		if err != nil {
			return unexpected(err)
		}
		digit := hexDigit(b)
		switch {
		case digit >= 0 && size >= 1<<58:
			return ErrChunk
		case digit >= 0:
			size, digits = size<<4|int64(digit), digits+1
			continue
		case digits == 0:
			return ErrChunk
		}
		if err := c.endSize(b); err != nil {
			return err
		}
		break
	}
	if size == 0 {
		c.last = true
		return nil
	}
	c.left, c.inside = size, true
	c.excess = max(0, c.excess-16)
	return nil
}

func hexDigit(b byte) int {
	switch {
	case '0' <= b && b <= '9':
		return int(b - '0')
	case 'a' <= b && b <= 'f':
		return int(b-'a') + 10
	case 'A' <= b && b <= 'F':
		return int(b-'A') + 10
	}
	return -1
}

// endSize reads what comes behind a size, which begins with b: extensions, which are
// of no use here, and the line end.
func (c *Chunked) endSize(b byte) (err error) {
	var ext extension
	for b != '\r' {
		if c.excess++; c.excess > extensionMax || !ext.take(b) {
			return ErrChunk
		}
		if b, err = c.br.ReadByte(); err != nil {
			return unexpected(err)
		}
	}
	if !ext.mayEnd() {
		return ErrChunk
	}
	return c.expect("\n")
}

// extension follows the grammar of chunk extensions (RFC 9112, section 7.1.1), byte by
// byte. Its zero value is behind the size.
type extension struct{ at extensionPart }

// extensionPart is what was read last.
type extensionPart uint8

const (
	behindSize extensionPart = iota
	blankBehindSize
	behindSemicolon
	inName
	blankBehindName
	behindEquals
	inToken
	blankBehindToken
	inQuotes
	behindBackslash
	behindQuotes
	blankBehindQuotes
)

// mayEnd reports whether a line may end here.
func (e *extension) mayEnd() bool {
	return e.at == behindSize || e.at == inName || e.at == inToken || e.at == behindQuotes
}

// take reads on; false: b may not stand here.
func (e *extension) take(b byte) bool {
	blank := b == ' ' || b == '\t'
	switch e.at {
	case inQuotes, behindBackslash:
		return e.takeQuoted(b)
	case behindSize, inName, inToken, behindQuotes:
		if blank {
			e.at++ // each has one with a blank behind it
			return true
		}
	}
	switch {
	case blank:
	case b == ';' && e.at != behindSemicolon && e.at != behindEquals:
		e.at = behindSemicolon
	case b == '=' && (e.at == inName || e.at == blankBehindName):
		e.at = behindEquals
	case b == '"' && e.at == behindEquals:
		e.at = inQuotes
	case !isTokenByte(b):
		return false
	case e.at == behindSemicolon:
		e.at = inName
	case e.at == behindEquals:
		e.at = inToken
	default:
		return e.at == inName || e.at == inToken
	}
	return true
}

// takeQuoted reads on in a quoted string (RFC 9110, section 5.6.4).
func (e *extension) takeQuoted(b byte) bool {
	switch {
	case b < ' ' && b != '\t' || b == 0x7f:
		return false
	case e.at == behindBackslash:
		e.at = inQuotes
	case b == '\\':
		e.at = behindBackslash
	case b == '"':
		e.at = behindQuotes
	}
	return true
}

// readTrailer returns io.EOF when all is well.
func (c *Chunked) readTrailer() error {
	raw, err := ReadBlock(c.br, nil)
	if err != nil {
		return unexpected(err)
	}
	if bytes.Count(raw, []byte("\r\n")) < bytes.Count(raw, []byte("\n")) {
		return ErrChunk
	}
	fields, bad := parseFields(string(raw))
	if bad != nil {
		return bad
	}
	for _, f := range fields {
		// They frame nothing here, and a reader might think they do (RFC 9110, section 6.5.1).
		if f.Key == "Content-Length" || f.Key == "Transfer-Encoding" || f.Key == "Host" {
			return malformed("it has a " + f.Key + " behind its body")
		}
	}
	if len(fields) > 0 {
		c.Trailer = fields
	}
	return io.EOF
}
