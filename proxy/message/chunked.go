package message

import (
	"bufio"
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
	Trailer []Field

	br     *bufio.Reader
	left   int64 // of the chunk
	inside bool  // in a chunk, or before the line end behind it
	excess int   // of extensions
	err    error
}

// NewChunked reads a body from br, and nothing that follows it.
func NewChunked(br *bufio.Reader) *Chunked { return &Chunked{br: br} }

// Read implements io.Reader.
func (c *Chunked) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, c.err
	}
	for c.err == nil && c.left == 0 {
		if c.inside {
			c.err = c.endChunk()
		} else {
			c.err = c.beginChunk()
		}
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err = c.br.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err != nil {
		c.err = unexpected(err)
	}
	return n, c.err
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
	b, err := c.br.ReadByte()
	if err == nil && b == '\r' {
		b, err = c.br.ReadByte()
	}
	if err == nil && b != '\n' {
		return ErrChunk
	}
	return unexpected(err)
}

// beginChunk reads the line of a chunk's size, and behind the last one the trailer,
// which is the end.
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
		return c.readTrailer()
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

// endSize reads what comes behind a size, which begins with b: extensions, and the
// line end. Of a carriage return another reader could think it is one.
func (c *Chunked) endSize(b byte) error {
	extension := false
	for {
		switch {
		case b == '\n':
			return nil
		case b == '\r':
			if next, err := c.br.ReadByte(); err != nil || next != '\n' {
				return failure(err)
			}
			return nil
		case b == ';', extension && ValidValue(string(rune(b))) || b == ' ' || b == '\t':
			extension = extension || b == ';'
		default:
			return ErrChunk
		}
		if c.excess++; c.excess > extensionMax {
			return ErrChunk
		}
		var err error
		if b, err = c.br.ReadByte(); err != nil {
			return unexpected(err)
		}
	}
}

// failure is that of the connection, else that of the body.
func failure(err error) error {
	if err != nil {
		return unexpected(err)
	}
	return ErrChunk
}

// readTrailer returns io.EOF when all is well.
func (c *Chunked) readTrailer() error {
	raw, err := ReadBlock(c.br, nil)
	if err != nil {
		return unexpected(err)
	}
	fields, bad := parseFields(string(raw))
	if bad != nil {
		return bad
	}
	c.Trailer = fields
	return io.EOF
}
