package message

import (
	"net/http"
	"strconv"
	"strings"
)

// RequestHead is the request line and the header section of a request.
type RequestHead struct {
	Method  string
	Target  string // byte for byte
	Minor   int    // of HTTP/1.x
	Host    string
	Fields  []Field // in order, Host included
	Header  http.Header
	Length  int64 // of the body, in bytes; -1: it is chunked
	Trailer []string
}

// Error is what is wrong with a request, and the status that says so.
type Error struct {
	Status int
	Reason string // in lower case, for people
}

// Error implements error.
func (e *Error) Error() string { return e.Reason }

func malformed(reason string) *Error { return &Error{http.StatusBadRequest, reason} }

// ParseRequest reads the head of a request (RFC 9112), as ReadBlock returns it. On an
// error, Method and Target are what could be read of them.
func ParseRequest(s string) (h RequestHead, err *Error) {
	line, rest := CutLine(s)
	if err = h.parseLine(line); err != nil {
		return h, err
	}
	if h.Fields, err = parseFields(rest); err != nil {
		return h, err
	}
	h.Header = HeaderOf(h.Fields)
	if err = h.parseHost(); err != nil {
		return h, err
	}
	if err = h.parseFraming(); err != nil {
		return h, err
	}
	return h, h.parseExpect()
}

// parseLine reads the request line (RFC 9112, section 3).
func (h *RequestHead) parseLine(line string) *Error {
	var version string
	var two, three bool
	h.Method, version, two = strings.Cut(line, " ")
	h.Target, version, three = strings.Cut(version, " ")
	switch {
	case !two || !three || !ValidName(h.Method):
		return malformed("the request line is malformed")
	case len(version) != len("HTTP/1.1") || version[:5] != "HTTP/" || version[6] != '.' || !isDigit(version[5]) || !isDigit(version[7]):
		return malformed("the HTTP version is malformed")
	case version[5] != '1':
		return &Error{http.StatusHTTPVersionNotSupported, "this HTTP version is not spoken here"}
	case !validTarget(h.Method, h.Target):
		return malformed("the request target is malformed")
	}
	h.Minor = int(version[7] - '0')
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// validTarget reports whether a target has one of the four forms of RFC 9112,
// section 3.2. What stands in a path is its reader's business, but for what could
// end the line.
func validTarget(method, target string) bool {
	for i := range len(target) {
		if target[i] <= ' ' || target[i] == 0x7f {
			return false
		}
	}
	switch {
	case method == http.MethodConnect:
		return target != ""
	case strings.HasPrefix(target, "/"):
		return true
	case target == "*":
		return method == http.MethodOptions
	}
	scheme, rest, ok := strings.Cut(target, "://")
	return ok && (EqualFold(scheme, "http") || EqualFold(scheme, "https")) && rest != "" && strings.IndexByte("/?#", rest[0]) < 0
}

// parseFields reads the lines of a header section or of a trailer, up to an empty one
// or the end, strictly.
func parseFields(s string) ([]Field, *Error) {
	fields := make([]Field, 0, strings.Count(s, "\n"))
	for s != "" {
		var line string
		line, s = CutLine(s)
		if line == "" {
			break
		}
		f, ok := parseField(line)
		switch {
		case line[0] == ' ' || line[0] == '\t':
			return fields, malformed("a header line is folded") // RFC 9112, section 5.2
		case !ok:
			return fields, malformed("a header line is malformed: " + strconv.Quote(clip(line)))
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// clip is what of a line is told.
func clip(line string) string { return line[:min(len(line), 40)] }

// parseHost reads the one Host that there must be (RFC 9112, section 3.2), or the
// authority of a target that has one.
func (h *RequestHead) parseHost() *Error {
	hosts := h.Header["Host"]
	switch {
	case len(hosts) > 1:
		return malformed("there are several Host headers")
	case len(hosts) == 0 && h.Minor > 0:
		return malformed("the Host header is missing")
	case len(hosts) == 1 && !validHost(hosts[0]):
		return malformed("the Host header is malformed")
	case len(hosts) == 1:
		h.Host = hosts[0]
	}
	if _, rest, ok := strings.Cut(h.Target, "://"); ok && h.Target[0] != '/' {
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		if h.Host = rest[:end]; !validHost(h.Host) {
			return malformed("the host of the request target is malformed")
		}
	}
	delete(h.Header, "Host")
	return nil
}

// validHost reports whether all bytes are of those that hosts and ports have.
func validHost(host string) bool {
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c), strings.IndexByte("!$%&'()*+,-.:;=[]_~", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// parseFraming decides where the body ends (RFC 9112, section 6). Whatever two
// readers could decide differently is refused.
func (h *RequestHead) parseFraming() *Error {
	lengths, codings := h.Header["Content-Length"], h.Header["Transfer-Encoding"]
	switch {
	case codings != nil && lengths != nil:
		return malformed("it has a Content-Length beside a Transfer-Encoding")
	case codings != nil && h.Minor == 0:
		return malformed("HTTP/1.0 has no Transfer-Encoding")
	case codings != nil && (len(codings) != 1 || !EqualFold(codings[0], "chunked")):
		return &Error{http.StatusNotImplemented, "of the transfer codings only chunked is spoken here"}
	case codings != nil:
		h.Length = -1
		h.Trailer = Listed(h.Header, "Trailer")
		return nil
	case lengths == nil:
		return nil
	}
	for _, l := range lengths[1:] {
		if l != lengths[0] {
			return malformed("there are several Content-Lengths")
		}
	}
	n, err := strconv.ParseUint(lengths[0], 10, 63)
	if err != nil || !isDigit(lengths[0][0]) {
		return malformed("the Content-Length is malformed")
	}
	h.Length, h.Header["Content-Length"] = int64(n), lengths[:1]
	return nil
}

// parseExpect refuses what cannot be met (RFC 9110, section 10.1.1).
func (h *RequestHead) parseExpect() *Error {
	if e := h.Header["Expect"]; e != nil && h.Minor > 0 && !h.ExpectsContinue() {
		return &Error{http.StatusExpectationFailed, "what it expects cannot be met"}
	}
	return nil
}

// ExpectsContinue reports whether the client waits for a consent before it sends the
// body.
func (h *RequestHead) ExpectsContinue() bool {
	e := h.Header["Expect"]
	return h.Minor > 0 && len(e) == 1 && EqualFold(e[0], "100-continue")
}

// BodyAllowed reports whether an answer of that status can have a body.
func BodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}
