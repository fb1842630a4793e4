package front

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// A second reader of requests, written straight from the grammar of RFC 9112: short,
// slow, and without a thought of what the other does. Both must read the same out of
// any bytes.

// referenceRequest is a request as it was sent.
type referenceRequest struct {
	method, target  string
	minor           byte // '1' of HTTP/1.1
	fields, trailer [][2]string
	body            string
}

// verdict is why reading has ended.
type verdict struct {
	kind
	reason string
}

type kind int

const (
	whole   kind = iota // between two requests, where the stream ends
	closed              // the last request ends the connection
	partial             // within a request, where the stream ends
	refused             // what comes is no request
	left                // what comes is or is none: the RFC leaves it open, or to the gateway
)

const (
	tokenRE     = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
	quotedRE    = `"(?:[^\x00-\x08\x0a-\x1f\x7f"\\]|\\[^\x00-\x08\x0a-\x1f\x7f])*"`
	extensionRE = `(?:[\t ]*;[\t ]*` + tokenRE + `(?:[\t ]*=[\t ]*(?:` + tokenRE + `|` + quotedRE + `))?)*`
)

// A byte that is no UTF-8 is to an expression a rune like all beyond ASCII.
var (
	requestLine  = regexp.MustCompile(`^(` + tokenRE + `) ([^\x00-\x20\x7f]+) HTTP/1\.([0-9])$`)
	fieldLine    = regexp.MustCompile(`^(` + tokenRE + `):[\t ]*((?:[^\x00-\x08\x0a-\x1f\x7f]*[^\x00-\x20\x7f])?)[\t ]*$`)
	absoluteForm = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.\-]*)://([^/?#]+)`)
	hostRE       = regexp.MustCompile(`^(?:[A-Za-z0-9._~!$&'()*+,;=%\-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?$`)
	lengthRE     = regexp.MustCompile(`^[0-9]+$`)
	sizeRE       = regexp.MustCompile(`^([0-9A-Fa-f]+)(` + extensionRE + `)$`)
	likeSizeRE   = regexp.MustCompile(`^[0-9A-Fa-f]+[\t ]*;[^\x00-\x08\x0a-\x1f\x7f]*$`)
)

const (
	headLimit      = 1 << 20  // a head, and a trailer
	extensionOpen  = 4 << 10  // of all extensions of a body, in bytes: more may be refused
	extensionLimit = 64 << 10 // and more than that is
)

// reader is what is left of a stream.
type reader struct {
	referenceRequest        // the one that is being read
	rest             string // of the stream
	limit            int    // of the head or trailer, in bytes
	lineFeeds        bool   // a line has ended in one alone
}

// stop is thrown where reading ends.
func stop(k kind, reason string) { panic(verdict{k, reason}) }

// referenceRequests reads requests up to the end of the stream, to a request that ends
// the connection, or to what is none.
func referenceRequests(stream []byte) (requests []referenceRequest, v verdict) {
	r := &reader{rest: string(stream)}
	defer func() {
		switch got := recover().(type) {
		case verdict:
			v = got
		case nil:
		default:
			panic(got)
		}
	}()
	for {
		r.skipEmptyLine()
		if r.rest == "" {
			return requests, verdict{whole, "the stream ends"}
		}
		r.referenceRequest = referenceRequest{}
		r.readHead()
		r.checkHead()
		r.readBody()
		requests = append(requests, r.referenceRequest)
		if r.ends() {
			return requests, verdict{closed, "the connection ends"}
		}
	}
}

// skipEmptyLine: RFC 9112, section 2.2, speaks of one.
func (r *reader) skipEmptyLine() {
	r.rest = strings.TrimPrefix(r.rest, "\r\n")
	if strings.HasPrefix(r.rest, "\n") || strings.HasPrefix(r.rest, "\r\n") || r.rest == "\r" {
		stop(left, "more than one empty line")
	}
}

// line reads a line of a head, which CRLF or LF ends.
func (r *reader) line() string {
	line, rest, ok := strings.Cut(r.rest, "\n")
	switch {
	case len(line) >= r.limit:
		stop(refused, "it is too large")
	case !ok:
		stop(partial, "no end of a line")
	}
	r.limit -= len(line) + len("\n")
	r.rest = rest
	r.lineFeeds = r.lineFeeds || !strings.HasSuffix(line, "\r")
	line = strings.TrimSuffix(line, "\r")
	if strings.Contains(line, "\r") {
		stop(refused, "a bare carriage return")
	}
	return line
}

// section reads fields up to an empty line.
func (r *reader) section() (fields [][2]string) {
	for {
		line := r.line()
		if line == "" {
			return fields
		}
		m := fieldLine.FindStringSubmatch(line)
		if m == nil {
			stop(refused, "a field line that is none")
		}
		fields = append(fields, [2]string{m[1], m[2]})
	}
}

func (r *reader) readHead() {
	r.limit = headLimit
	m := requestLine.FindStringSubmatch(r.line())
	if m == nil {
		stop(refused, "a request line that is none")
	}
	r.method, r.target, r.minor = m[1], m[2], m[3][0]
	r.fields = r.section()
}

// values are those of a name, in order.
func (r *reader) values(name string) (all []string) {
	for _, f := range r.fields {
		if strings.EqualFold(f[0], name) {
			all = append(all, f[1])
		}
	}
	return all
}

// members are those of the lists of a name, in lower case.
func (r *reader) members(name string) (all []string) {
	for _, m := range strings.Split(strings.Join(r.values(name), ","), ",") {
		if m = strings.Trim(m, " \t"); m != "" {
			all = append(all, lowerASCII(m))
		}
	}
	return all
}

func (r *reader) checkHead() {
	absolute := absoluteForm.FindStringSubmatch(r.target)
	hosts := r.values("Host")
	switch {
	case r.method == "CONNECT":
		stop(refused, "CONNECT is for proxies")
	case len(hosts) > 1 || len(hosts) == 0 && r.minor != '0':
		stop(refused, "not one Host")
	case strings.HasPrefix(r.target, "/"), r.target == "*" && r.method == "OPTIONS":
	case absolute == nil:
		stop(refused, "a target in none of the forms")
	case !strings.EqualFold(absolute[1], "http") && !strings.EqualFold(absolute[1], "https"), !hostRE.MatchString(absolute[2]), strings.HasPrefix(absolute[2], ":"):
		stop(left, "an absolute target that nobody needs to serve")
	}
	if len(hosts) == 1 && !hostRE.MatchString(hosts[0]) {
		stop(left, "a Host that is none, which the gateway may notice first")
	}
	r.checkExpect()
}

func (r *reader) checkExpect() {
	expectations := r.values("Expect")
	switch {
	case len(expectations) == 0, len(expectations) == 1 && lowerASCII(expectations[0]) == "100-continue":
	case r.minor == '0' || len(r.members("Expect")) == 0 || strings.HasPrefix(r.members("Expect")[0], "100-continue"):
		stop(left, "an expectation that may be ignored")
	default:
		stop(refused, "an expectation that is not known")
	}
}

// readBody: RFC 9112, section 6.3.
func (r *reader) readBody() {
	lengths, codings := r.values("Content-Length"), r.values("Transfer-Encoding")
	switch {
	case codings != nil && (lengths != nil || r.minor == '0'):
		stop(refused, "a coding beside a length, or of HTTP/1.0")
	case codings != nil:
		if !slices.Equal(r.members("Transfer-Encoding"), []string{"chunked"}) {
			stop(refused, "a coding that is not chunked alone")
		}
		if len(codings) > 1 || lowerASCII(codings[0]) != "chunked" {
			stop(left, "empty members of a list of codings")
		}
		if slices.ContainsFunc(r.members("Trailer"), frames) {
			stop(left, "framing is announced as a trailer")
		}
		r.readChunks()
	case lengths != nil:
		r.body = r.take(r.length(lengths))
	}
}

// length is the one that all agree in.
func (r *reader) length(texts []string) int64 {
	values := r.members("Content-Length")
	for _, v := range values {
		if !lengthRE.MatchString(v) || strings.TrimLeft(v, "0") != strings.TrimLeft(values[0], "0") {
			stop(refused, "lengths that differ, or are none")
		}
	}
	for _, t := range texts {
		switch {
		case t == "" || len(values) == 0:
			stop(refused, "a length that is empty")
		case t != values[0]:
			stop(left, "the same length in a list, or in other digits")
		}
	}
	return number(values[0], 10)
}

// number is the value of digits.
func number(digits string, base int) int64 {
	n, _ := new(big.Int).SetString(digits, base) // of digits
	switch {
	case !n.IsInt64():
		stop(refused, "a number that nobody can count to")
	case len(digits) > 15:
		stop(left, "more digits than anybody needs")
	}
	return n.Int64()
}

func (r *reader) take(n int64) string {
	if int64(len(r.rest)) < n {
		stop(partial, "no end of a body")
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

// readChunks: RFC 9112, section 7.1. Lines end in CRLF alone.
func (r *reader) readChunks() {
	extensions := 0
	for {
		size, extension := r.chunkSize()
		if extensions += len(extension); extensions > extensionLimit {
			stop(refused, "extensions without an end")
		} else if extensions > extensionOpen {
			stop(left, "many extensions")
		}
		if size == 0 {
			break
		}
		r.body += r.take(size)
		if end := "\r\n"; !strings.HasPrefix(r.rest, end) && !strings.HasPrefix(end, r.rest) {
			stop(refused, "data that is longer than its chunk")
		}
		r.take(2)
	}
	r.readTrailer()
}

func (r *reader) chunkSize() (size int64, extension string) {
	line, rest, ok := strings.Cut(r.rest, "\n")
	if !ok {
		stop(partial, "no end of a chunk's size")
	}
	r.rest = rest
	line, crlf := strings.CutSuffix(line, "\r")
	m := sizeRE.FindStringSubmatch(line)
	switch {
	case !crlf:
		stop(refused, "a bare line feed behind a chunk's size")
	case m == nil && likeSizeRE.MatchString(line) && !unclosed(line):
		stop(left, "an extension that is none, and misleads nobody")
	case m == nil:
		stop(refused, "a chunk's size that is none")
	}
	return number(m[1], 16), m[2]
}

// unclosed reports whether a line has a quotation that does not end in it.
func unclosed(line string) bool {
	return strings.Contains(regexp.MustCompile(quotedRE).ReplaceAllString(line, ""), `"`)
}

func (r *reader) readTrailer() {
	before := r.rest
	r.limit, r.lineFeeds = headLimit, false
	r.trailer = r.section()
	switch read := before[:len(before)-len(r.rest)]; {
	case read == "\n" || strings.HasSuffix(read, "\n\n"):
		stop(refused, "a bare line feed behind a chunked body")
	case r.lineFeeds:
		stop(left, "a bare line feed behind a trailer")
	}
	for _, f := range r.trailer {
		if frames(lowerASCII(f[0])) {
			stop(left, "framing in a trailer")
		}
	}
}

// frames reports whether a field decides how, or by whom, a message is read.
func frames(name string) bool {
	return slices.Contains([]string{"content-length", "transfer-encoding", "host", "trailer"}, name)
}

// ends: RFC 9112, section 9.3.
func (r *reader) ends() bool {
	options := r.members("Connection")
	return slices.Contains(options, "close") || r.minor == '0' && !slices.Contains(options, "keep-alive")
}

func lowerASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return c
	}, s)
}
