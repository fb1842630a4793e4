package proxy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"devgate/internal/testrequest"
)

// plainRequest is a request as a backend got it, read without any leniency.
type plainRequest struct {
	testrequest.Request
	fields  [][2]string // in order, as they were spelled
	trailer [][2]string
}

// String tells what the request asks for, briefly.
func (r plainRequest) String() string {
	return brief(r.Request)
}

func brief(r testrequest.Request) string {
	s := fmt.Sprintf("%.20s %.60s", r.Method, printable(r.Target))
	if r.Body != "" {
		s += fmt.Sprintf(" %.20q", r.Body)
	}
	return s
}

// errNotPlain is wrapped by what a reader finds in a request that a reader of
// another mind could read otherwise.
var errNotPlain = errors.New("not plain")

// plainBackend is a backend that takes nothing but the plainest form of a request,
// and notes what is not.
type plainBackend struct {
	*testBackend
	answer string

	mu     sync.Mutex
	asked  []plainRequest // the heads
	whole  []plainRequest
	faults []string
}

func newPlainBackend(t testing.TB, name, answer string) *plainBackend {
	b := &plainBackend{answer: answer}
	b.testBackend = rawBackend(t, name, b.serve)
	return b
}

func (b *plainBackend) serve(nc net.Conn, br *bufio.Reader) {
	for {
		r, err := readPlainHead(br)
		if err == nil {
			b.note(func() { b.asked = append(b.asked, r) })
			if slices.ContainsFunc(r.fields, func(f [2]string) bool { return strings.EqualFold(f[0], "Expect") }) {
				io.WriteString(nc, "HTTP/1.1 100 Continue\r\n\r\n")
			}
			err = r.readBody(br)
		}
		if errors.Is(err, errNotPlain) {
			b.note(func() { b.faults = append(b.faults, err.Error()) })
		}
		if err != nil {
			return
		}
		b.note(func() { b.whole = append(b.whole, r) })
		if _, err := io.WriteString(nc, b.answer); err != nil {
			return
		}
	}
}

func (b *plainBackend) note(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

var (
	plainSize  = regexp.MustCompile("^[0-9a-fA-F]{1,15}$")
	plainCount = regexp.MustCompile("^[0-9]{1,19}$")
)

// tokenSigns are those that a token may have (RFC 9110, section 5.6.2).
const tokenSigns = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

func isPlainToken(s string) bool { return s != "" && strings.Trim(s, tokenSigns) == "" }

// isPlainText reports whether s has no control bytes, but tabs, and none of those in
// without.
func isPlainText(s, without string) bool {
	for i := range len(s) {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f || strings.IndexByte(without, s[i]) >= 0 {
			return false
		}
	}
	return true
}

// readPlainLine reads up to CRLF, which is the only carriage return and the only
// line feed in it.
func readPlainLine(br *bufio.Reader) (string, error) {
	line, err := br.ReadString('\n')
	if err != nil {
		return "", err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok || strings.Contains(text, "\r") {
		return "", fmt.Errorf("%w: the line end of %.60q", errNotPlain, line)
	}
	return text, nil
}

func readPlainFields(br *bufio.Reader) (fields [][2]string, err error) {
	for {
		line, err := readPlainLine(br)
		if err != nil || line == "" {
			return fields, err
		}
		name, value, ok := strings.Cut(line, ": ")
		if !ok || !isPlainToken(name) || !isPlainText(value, "") {
			return nil, fmt.Errorf("%w: the field %.60q", errNotPlain, line)
		}
		fields = append(fields, [2]string{name, value})
	}
}

func readPlainHead(br *bufio.Reader) (r plainRequest, err error) {
	line, err := readPlainLine(br) // of method, target and version, a space between them
	if err != nil {
		return r, err
	}
	var ok bool
	r.Method, line, ok = strings.Cut(line, " ")
	r.Target = strings.TrimSuffix(line, " HTTP/1.1")
	if !ok || !isPlainToken(r.Method) || r.Target == "" || r.Target == line || !isPlainText(r.Target, " \t") {
		return r, fmt.Errorf("%w: the request line %.60q", errNotPlain, line)
	}
	if r.fields, err = readPlainFields(br); err != nil {
		return r, err
	}
	hosts := r.values("Host")
	if len(hosts) != 1 {
		return r, fmt.Errorf("%w: the hosts %q", errNotPlain, hosts)
	}
	r.Host = hosts[0]
	return r, nil
}

// values are those of a field, in order.
func (r *plainRequest) values(name string) (all []string) {
	for _, f := range r.fields {
		if strings.EqualFold(f[0], name) {
			all = append(all, f[1])
		}
	}
	return all
}

// readBody reads the body as its framing says, of which there is one at most.
func (r *plainRequest) readBody(br *bufio.Reader) error {
	lengths, codings := r.values("Content-Length"), r.values("Transfer-Encoding")
	switch {
	case len(lengths)+len(codings) > 1:
		return fmt.Errorf("%w: the lengths %q and codings %q", errNotPlain, lengths, codings)
	case len(codings) == 1 && codings[0] != "chunked":
		return fmt.Errorf("%w: the coding %q", errNotPlain, codings[0])
	case len(codings) == 1:
		return r.readChunks(br)
	case len(lengths) == 1 && !plainCount.MatchString(lengths[0]):
		return fmt.Errorf("%w: the length %q", errNotPlain, lengths[0])
	case len(lengths) == 1:
		n, err := strconv.ParseInt(lengths[0], 10, 64)
		if err == nil {
			r.Body, err = readExactly(br, n)
		}
		return err
	}
	return nil
}

// readExactly reads n bytes. However many they are said to be, only those that come
// take memory.
func readExactly(br *bufio.Reader, n int64) (string, error) {
	text, err := io.ReadAll(io.LimitReader(br, n))
	if err == nil && int64(len(text)) < n {
		err = io.ErrUnexpectedEOF
	}
	return string(text), err
}

func (r *plainRequest) readChunks(br *bufio.Reader) error {
	for {
		line, err := readPlainLine(br)
		if err != nil {
			return err
		}
		if !plainSize.MatchString(line) {
			return fmt.Errorf("%w: the chunk size %.60q", errNotPlain, line)
		}
		n, _ := strconv.ParseInt(line, 16, 64) // of few digits
		if n == 0 {
			return r.readTrailer(br)
		}
		data, err := readExactly(br, n)
		if err != nil {
			return err
		}
		r.Body += data
		if end, err := readPlainLine(br); err != nil || end != "" {
			return errors.Join(err, fmt.Errorf("%w: behind a chunk %.60q", errNotPlain, end))
		}
	}
}

func (r *plainRequest) readTrailer(br *bufio.Reader) (err error) {
	r.trailer, err = readPlainFields(br)
	for _, f := range r.trailer {
		switch strings.ToLower(f[0]) {
		case "content-length", "transfer-encoding", "host", "trailer":
			return fmt.Errorf("%w: %s in a trailer", errNotPlain, f[0])
		}
	}
	return err
}
