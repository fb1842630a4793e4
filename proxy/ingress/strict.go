package ingress

import (
	"bytes"
	"net"
	"strings"
)

// Strict returns a listener for net/http's server that yields connections of l
// on which a request that two readers could take for two different ones is
// refused (G13). What net/http says to a request that it refuses is said by refuse,
// which may be nil.
func Strict(l net.Listener, refuse func(Refusal) []byte) net.Listener {
	return strictListener{l, refuse}
}

type strictListener struct {
	net.Listener
	refuse func(Refusal) []byte
}

// Accept implements net.Listener.
func (l strictListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if tcp, ok := nc.(*net.TCPConn); ok {
		return &strictConn{TCPConn: tcp, refuse: l.refuse}, err
	}
	return nc, err
}

// strictConn looks at what net/http is about to read.
type strictConn struct {
	*net.TCPConn
	refuse  func(Refusal) []byte
	heads   headCheck
	targets targets
	ahead   []byte // read, and not yet passed on
}

// Read implements io.Reader.
func (c *strictConn) Read(p []byte) (int, error) {
	n, err := copy(p, c.ahead), error(nil)
	if c.ahead = c.ahead[n:]; n == 0 {
		n, err = c.TCPConn.Read(p)
	}
	if err == nil && cutsEscape(p[:n]) && c.endsInTarget(p[:n]) {
		c.lookAhead()
	}
	c.targets.ahead = c.ahead
	c.heads.check(p[:n], &c.targets)
	return n, err
}

// lookAhead reads the two bytes that say whether a percent sign begins an escape.
// What is wrong with the connection the next Read will find, too.
func (c *strictConn) lookAhead() {
	for len(c.ahead) < escapeLen-1 {
		var b [1]byte
		n, err := c.TCPConn.Read(b[:])
		if c.ahead = append(c.ahead, b[:n]...); err != nil {
			return
		}
	}
}

// endsInTarget reports whether p ends within a request line.
func (c *strictConn) endsInTarget(p []byte) bool {
	h := c.heads
	h.name, h.line = nil, bytes.Clone(c.heads.line)
	h.name = append(h.name, c.heads.name...)
	h.check(bytes.Clone(p), new(targets))
	return h.at == inRequestLine && len(h.line) > 0 && !h.past
}

// Write implements io.Writer.
func (c *strictConn) Write(p []byte) (int, error) {
	if c.refuse == nil || !isRefusal(p) {
		return c.TCPConn.Write(p)
	}
	_, err := c.TCPConn.Write(c.refuse(refusal(p, c.heads.line)))
	return len(p), err
}

// headCheck follows the requests of an HTTP/1 connection and spoils those that
// net/http would repair without a word, so that it answers them with 400 and
// closes the connection: a header line folded in two (RFC 9112 section 5.2), and
// a Content-Length beside a Transfer-Encoding (section 6.1). It changes one byte
// of the head and needs to keep none. When it does not understand something, which
// net/http then refuses anyway, and behind a request for an upgrade, it lets
// everything pass. Its zero value is at the beginning of a connection.
type headCheck struct {
	at    position
	left  int64  // of a body, of a chunk, or of a chunk's size while it is read
	count int    // of bytes of the request line that could begin HTTP/2; -1: it is HTTP/1
	name  []byte // of a header, in lower case, as much as matters
	line  []byte // of the request, as much as is kept
	past  bool   // that is still the line of the request before

	length, coded, upgrade bool // the head has such a header
}

// position is where in a request the next byte stands.
type position int

const (
	inRequestLine position = iota
	atHeader               // at the first byte of a line
	inName
	inValue
	inLength
	inBody
	inChunkSize
	inChunkExtension
	inChunk
	atTrailer
	inTrailer
	passing // nothing is looked at any more
)

// framingName is the longest header name that matters, and one more.
const framingName = len("transfer-encoding") + 1

// check looks at p; targets are told of what was changed in one.
func (h *headCheck) check(p []byte, t *targets) {
	for len(p) > 0 && h.at != passing {
		p = p[h.take(p, t):]
	}
}

// begin is at the beginning of a request.
func (h *headCheck) begin() { *h = headCheck{name: h.name[:0], line: h.line, past: true} }

// take looks at the beginning of p and returns how much of it that was.
func (h *headCheck) take(p []byte, t *targets) int {
	switch h.at {
	case inRequestLine:
		n := h.requestLine(p)
		if h.past {
			h.line, h.past = h.line[:0], false
		}
		h.line = append(h.line, p[:min(n, lineMax-len(h.line))]...)
		t.mend(p[:n], h.at != inRequestLine)
		return n
	case inValue:
		return h.skipLine(p, atHeader)
	case inChunkExtension:
		return h.skipLine(p, inChunk)
	case inTrailer:
		return h.skipLine(p, atTrailer)
	case inBody, inChunk:
		return h.skipBody(p)
	}
	h.one(&p[0])
	return 1
}

// one looks at a single byte, where each of them matters.
func (h *headCheck) one(b *byte) {
	switch h.at {
	case atHeader:
		h.beginHeader(b)
	case inName:
		h.nameByte(b)
	case inLength:
		h.lengthByte(*b)
	case inChunkSize:
		h.sizeByte(*b)
	case atTrailer:
		switch *b {
		case '\n':
			h.begin()
		case '\r':
		default:
			h.at = inTrailer
		}
	}
}

// spoil makes the head one that net/http refuses.
func (h *headCheck) spoil(b *byte) {
	*b = 0
	h.at = passing
}

// requestLine skips it. "PRI" begins HTTP/2 (RFC 9113 section 3.4).
func (h *headCheck) requestLine(p []byte) int {
	const preface = "PRI "
	for i := 0; h.count >= 0 && i < len(p); i++ {
		switch {
		case p[i] != preface[h.count]:
			h.count = -1
		case h.count+1 == len(preface):
			h.at = passing
			return len(p)
		default:
			h.count++
		}
	}
	return h.skipLine(p, atHeader)
}

// skipLine skips what is left of a line, behind which next comes.
func (h *headCheck) skipLine(p []byte, next position) int {
	i := bytes.IndexByte(p, '\n')
	if i < 0 {
		return len(p)
	}
	h.at = next
	if next == inChunk {
		h.endChunkSize()
	}
	return i + 1
}

func (h *headCheck) skipBody(p []byte) int {
	n := min(int64(len(p)), h.left)
	if h.left -= n; h.left > 0 {
		return int(n)
	}
	if h.at == inChunk {
		h.at, h.left = inChunkSize, 0
	} else {
		h.begin()
	}
	return int(n)
}

func (h *headCheck) beginHeader(b *byte) {
	switch *b {
	case '\n':
		h.endHead()
	case '\r':
	case ' ', '\t':
		h.spoil(b)
	default:
		h.at, h.name = inName, h.name[:0]
		h.nameByte(b)
	}
}

func (h *headCheck) nameByte(b *byte) {
	switch {
	case *b == '\n': // net/http refuses it
		h.at = passing
	case *b == ':':
		h.endName(b)
	case len(h.name) < framingName:
		h.name = append(h.name, lower(*b))
	}
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + ('a' - 'A')
	}
	return b
}

func (h *headCheck) endName(b *byte) {
	h.at = inValue
	switch string(h.name) {
	case "content-length":
		h.at, h.length, h.left = inLength, true, 0
	case "transfer-encoding":
		h.coded = true
	case "upgrade":
		h.upgrade = true
	}
	if h.length && h.coded {
		h.spoil(b)
	}
}

// lengthByte reads a Content-Length. Of several, which must be equal, the last
// counts.
func (h *headCheck) lengthByte(b byte) {
	switch {
	case b == '\n':
		h.at = atHeader
	case '0' <= b && b <= '9' && h.left < 1<<58:
		h.left = h.left*10 + int64(b-'0')
	case b != ' ' && b != '\t' && b != '\r':
		h.at = passing
	}
}

func (h *headCheck) endHead() {
	switch {
	case h.upgrade: // what follows may be another protocol
		h.at = passing
	case h.coded:
		h.at, h.left = inChunkSize, 0
	case h.left > 0:
		h.at = inBody
	default:
		h.begin()
	}
}

func (h *headCheck) sizeByte(b byte) {
	digit := strings.IndexByte("0123456789abcdef", lower(b))
	switch {
	case digit >= 0 && h.left < 1<<58:
		h.left = h.left<<4 | int64(digit)
	case b == '\n':
		h.endChunkSize()
	case b == ';' || b == ' ' || b == '\t':
		h.at = inChunkExtension
	case b != '\r':
		h.at = passing
	}
}

// endChunkSize: the data, with the line end behind it, or the trailer.
func (h *headCheck) endChunkSize() {
	if h.left == 0 {
		h.at = atTrailer
		return
	}
	h.at = inChunk
	h.left += int64(len("\r\n"))
}
