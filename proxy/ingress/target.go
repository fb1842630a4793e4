package ingress

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
)

// mark stands for a percent sign that begins no escape while net/http parses a
// target, which it would refuse. The byte is in no text; where a target has it all
// the same, targets knows which is which.
const mark = 0xFF

// targets are those of a connection's requests that have marks, until they are
// restored. Reading marks them, and serving takes them out, in the same order.
type targets struct {
	stage  stage
	marks  []bool // of the target being read: this one was a percent sign
	begins bool   // the next byte is the first of the target
	ahead  []byte // what comes behind the piece, as much as is known

	mu    sync.Mutex
	queue [][]bool
}

// stage is what of a request line comes next.
type stage uint8

const (
	inMethod stage = iota
	inPath
	inQuery // or in a target that is no path
	inVersion
)

// mend marks, in a piece of a request line, each percent sign of the path that
// begins no escape; complete: the line ends with the piece.
func (t *targets) mend(piece []byte, complete bool) {
	if t.stage == inMethod && complete && bytes.IndexByte(piece, '%') < 0 && bytes.IndexByte(piece, mark) < 0 {
		return
	}
	for i := range piece {
		t.byte(piece[i:])
	}
	if complete {
		t.finish()
	}
}

// byte looks at the first byte of rest.
func (t *targets) byte(rest []byte) {
	first := t.begins
	t.begins = false
	switch b := rest[0]; {
	case b == ' ' && t.stage == inMethod:
		t.stage, t.begins = inPath, true
	case b == ' ':
		t.stage = inVersion
	case t.stage == inPath && (b == '?' || first && b != '/'):
		t.stage = inQuery
	case t.stage == inMethod || t.stage == inVersion:
	case b == mark:
		t.marks = append(t.marks, false)
	case b == '%' && t.stage == inPath && !t.beginsEscape(rest):
		rest[0] = mark
		t.marks = append(t.marks, true)
	}
}

// finish is at the end of a request line.
func (t *targets) finish() {
	if t.marks != nil {
		t.mu.Lock()
		t.queue = append(t.queue, t.marks)
		t.mu.Unlock()
	}
	t.stage, t.marks, t.begins = inMethod, nil, false
}

// next takes the marks of the next request out; nil: it has none.
func (t *targets) next() (marks []bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) > 0 {
		marks, t.queue = t.queue[0], t.queue[1:]
	}
	return marks
}

// escapeLen is the length of an escaped byte: "%2F".
const escapeLen = 3

// beginsEscape reports whether rest, which begins with a percent sign, begins with an
// escaped byte.
func (t *targets) beginsEscape(rest []byte) bool {
	var room [escapeLen]byte
	b := append(room[:0], rest[:min(len(rest), escapeLen)]...)
	b = append(b, t.ahead[:min(len(t.ahead), escapeLen-len(b))]...)
	return len(b) == escapeLen && isHex(b[1]) && isHex(b[2])
}

func isHex(b byte) bool { return strings.IndexByte("0123456789abcdef", lower(b)) >= 0 }

// cutsEscape reports whether b ends within what may be an escape.
func cutsEscape(b []byte) bool { return bytes.IndexByte(b[max(0, len(b)-escapeLen+1):], '%') >= 0 }

// connKey is where a request's context has its connection.
type connKey struct{}

// Context is for http.Server's ConnContext; Restore needs it.
func Context(ctx context.Context, nc net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, nc)
}

// Restore gives a request that came by a connection of Strict the target that its
// client sent, which may have percent signs that begin no escape. It must be called
// once for each request, before anything else looks at it.
func Restore(r *http.Request) {
	if strings.IndexByte(r.RequestURI, mark) < 0 {
		return
	}
	c, _ := r.Context().Value(connKey{}).(*strictConn)
	if c == nil {
		return
	}
	marks, target, all := c.targets.next(), []byte(r.RequestURI), true
	for i := range target {
		if target[i] != mark || len(marks) == 0 {
			continue
		}
		if all = all && marks[0]; marks[0] {
			target[i] = '%'
		}
		marks = marks[1:]
	}
	r.RequestURI = string(target)
	if all {
		r.URL.Path = strings.ReplaceAll(r.URL.Path, string([]byte{mark}), "%")
	}
}
