package wire

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"devgate/proxy/message"
)

// ErrMalformed is wrapped by the error for what a backend sent that is not HTTP.
var ErrMalformed = errors.New("malformed answer")

// head is the start line and the header section of an answer.
type head struct {
	raw    string // as it came
	minor  int    // of HTTP/1.x
	status int
	fields []message.Field
	header http.Header
}

// parseHead reads the head of an answer (RFC 9112 section 4), strictly where
// leniency could make two readers see two different answers.
func parseHead(s string) (head, error) {
	line, rest := message.CutLine(s)
	h := head{raw: s}
	// Exactly "HTTP/1.x NNN": a line that is longer or shorter could be read in two ways.
	if len(line) < len("HTTP/1.1 200") || line[:7] != "HTTP/1." || line[8] != ' ' {
		return h, fmt.Errorf("%w: status line %.40q", ErrMalformed, line)
	}
	h.minor = int(line[7] - '0')
	code := line[9:12]
	status, err := strconv.Atoi(code)
	if err != nil || code[0] < '1' || len(line) > 12 && line[12] != ' ' || h.minor < 0 || h.minor > 9 {
		return h, fmt.Errorf("%w: status line %.40q", ErrMalformed, line)
	}
	h.status = status
	if h.fields, err = parseFields(rest); err == nil {
		h.header = message.HeaderOf(h.fields)
	}
	return h, err
}

// ParseHeader returns the header of an answer's head, as Response.Raw has it; nil where
// it is none.
func ParseHeader(raw string) http.Header {
	h, err := parseHead(raw)
	if err != nil {
		return nil
	}
	return h.header
}

// parseFields reads header lines up to an empty one or the end.
func parseFields(s string) ([]message.Field, error) {
	fields := make([]message.Field, 0, strings.Count(s, "\n"))
	for s != "" {
		var line string
		line, s = message.CutLine(s)
		if line == "" {
			break
		}
		f, ok := parseField(line)
		switch {
		case line[0] == ' ' || line[0] == '\t':
			ok = fold(fields, line)
		case ok:
			fields = append(fields, f)
		}
		if !ok {
			return nil, fmt.Errorf("%w: header line %.40q", ErrMalformed, line)
		}
	}
	return fields, nil
}

// parseField splits "Name: value". A space before the colon is dropped, as
// RFC 9112 section 5.1 asks of a proxy: in a request it would be an attack; in an
// answer it is an old server.
func parseField(line string) (message.Field, bool) {
	name, value, ok := strings.Cut(line, ":")
	name = strings.TrimRight(name, " \t")
	return message.NewField(name, value, ok)
}

// fold appends an obsolete continuation line to the value before it, with the
// single space that RFC 9112 section 5.2 allows a proxy to put there.
func fold(fields []message.Field, line string) bool {
	line = strings.Trim(line, " \t")
	if len(fields) == 0 || !message.ValidValue(line) {
		return false
	}
	fields[len(fields)-1].Value += " " + line
	return true
}

// framing says where the body of an answer ends (RFC 9112 section 6.3).
type framing struct {
	length  int64 // -1: not known
	chunked bool
	closes  bool // the connection cannot be used again
}

// framingOf decides the framing of an answer to a request of that method.
func framingOf(method string, h head) (framing, error) {
	f := framing{length: -1, closes: h.closes()}
	length, err := contentLength(h.header)
	if err != nil {
		return f, err
	}
	te := h.header["Transfer-Encoding"]
	switch {
	// These end with their head, whatever it says of a length (RFC 9112, section 6.3,
	// rule 1).
	case method == http.MethodHead || !message.BodyAllowed(h.status):
		f.length = 0
	// Any other coding than chunked alone: where the body ends could not be told.
	case te != nil && (h.minor == 0 || len(te) != 1 || !message.EqualFold(te[0], "chunked")):
		return f, fmt.Errorf("%w: transfer-encoding %.40q", ErrMalformed, te)
	case te != nil:
		f.chunked = true
		h.header.Del("Content-Length") // RFC 9112 section 6.3, rule 3
	case length >= 0:
		f.length = length
	default:
		// The body ends with the connection: its end cannot be told from a break, and the
		// connection is used up.
		f.closes = true
	}
	return f, nil
}

// closes reports whether the backend will close the connection after this.
func (h head) closes() bool {
	connection := h.header["Connection"]
	// HTTP/1.0 closes unless it says otherwise.
	if h.minor == 0 {
		return !message.HasToken(connection, "keep-alive")
	}
	return message.HasToken(connection, "close")
}

// contentLength returns -1 where there is none. Several equal ones become one.
// RFC 9112, section 6.3, rule 5: equal values may be read as one, others are malformed.
func contentLength(h http.Header) (int64, error) {
	values := h["Content-Length"]
	if len(values) == 0 {
		return -1, nil
	}
	for _, v := range values[1:] {
		if v != values[0] {
			return -1, fmt.Errorf("%w: several content-lengths", ErrMalformed)
		}
	}
	n, err := strconv.ParseUint(values[0], 10, 63)
	if err != nil {
		return -1, fmt.Errorf("%w: content-length %.40q", ErrMalformed, values[0])
	}
	h["Content-Length"] = values[:1]
	return int64(n), nil
}
