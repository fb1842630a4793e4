package front

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"devgate/proxy/message"
)

// frame is how the end of an answer's body is told.
type frame uint8

const (
	noBody frame = iota
	byLength
	byChunks
	byEnd // of the connection
	open  // it is decided when the body is known, or has become long
)

// writeInformational sends a 1xx, which HTTP/1.0 does not know.
func (w *Client) writeInformational(status int) {
	b := w.appendStatus(nil, status)
	b = message.AppendHeader(b, w.header, w.like, nil)
	w.interject(string(append(b, "\r\n"...)))
}

// interject sends a 1xx, whole, as long as nothing of the answer is sent; false: that
// was too late, or the client does not know it. Any goroutine may call it.
func (w *Client) interject(text string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun || w.h.Minor == 0 {
		return false
	}
	io.WriteString(w.c.nc, text)
	return true
}

// commit says that something of the answer is about to be sent.
func (w *Client) commit() {
	if !w.begun {
		w.mu.Lock()
		w.begun = true
		w.mu.Unlock()
	}
}

// appendStatus appends the status line. A status that has no phrase has none here.
func (w *Client) appendStatus(b []byte, status int) []byte {
	if w.h.Minor == 0 {
		b = append(b, "HTTP/1.0 "...) // who speaks that may look for nothing else
	} else {
		b = append(b, "HTTP/1.1 "...)
	}
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(b, ' ')
	b = append(b, http.StatusText(status)...)
	return append(b, "\r\n"...)
}

// decideFrame decides how the body's end is told (RFC 9112, section 6.3).
func (w *Client) decideFrame() {
	length := w.header["Content-Length"]
	n, err := strconv.ParseInt(strings.Join(length, ","), 10, 64)
	switch {
	case w.h.Method == http.MethodHead || !message.BodyAllowed(w.status):
		w.frame = noBody
	case length != nil && err == nil && n >= 0:
		w.frame, w.left = byLength, n
	case w.header["Transfer-Encoding"] != nil && w.h.Minor > 0:
		w.frame = byChunks
	default:
		w.frame = open
	}
}

// isOwn reports whether a field is the connection's, which the Client writes itself, or
// belongs behind the body.
func isOwn(key string) bool {
	return key == "Connection" || key == "Transfer-Encoding" || strings.HasPrefix(key, http.TrailerPrefix)
}

// appendHead writes the head, as it is now.
func (w *Client) appendHead() {
	connection := w.header["Connection"]
	w.last = w.last || message.HasToken(connection, "close") || w.wantsEnd() || w.body.isLong()
	b := w.appendStatus(w.out, w.status)
	b = message.AppendHeader(b, w.header, w.like, isOwn)
	if w.frame == byChunks {
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	b = w.appendConnection(b, connection)
	w.out = append(b, "\r\n"...)
}

// wantsEnd reports whether the client wants its connection to end.
func (w *Client) wantsEnd() bool {
	asked := w.h.Header["Connection"]
	switch {
	case w.h.Method == http.MethodConnect: // what follows may be no HTTP
		return true
	case w.h.Minor == 0 && !message.HasToken(asked, "keep-alive"):
		return true
	}
	return message.HasToken(asked, "close")
}

func (w *Client) appendConnection(b []byte, set []string) []byte {
	switch {
	case w.last && len(set) > 0 && !message.HasToken(set, "close"):
		return message.AppendField(b, "Connection", strings.Join(set, ", ")+", close")
	case len(set) > 0:
		return message.AppendField(b, "Connection", strings.Join(set, ", "))
	case w.last && w.h.Minor > 0:
		return append(b, "Connection: close\r\n"...)
	case !w.last && w.h.Minor == 0:
		return append(b, "Connection: keep-alive\r\n"...)
	}
	return b
}

// begin writes the head of an answer whose length nobody has told, in front of what
// there is of its body.
func (w *Client) begin() {
	if w.frame != open {
		return
	}
	early := slices.Clone(w.out)
	w.out = w.out[:0]
	if w.h.Minor == 0 {
		w.frame, w.last = byEnd, true
		w.appendHead()
		w.out = append(w.out, early...)
		return
	}
	w.frame = byChunks
	w.appendHead()
	if len(early) > 0 {
		w.out = appendChunk(w.out, early)
	}
}

func (w *Client) appendTrailer(b []byte) []byte {
	trailer := http.Header{}
	for _, name := range w.trailer {
		trailer[name] = w.header[name]
	}
	for key, values := range w.header {
		if name, ok := strings.CutPrefix(key, http.TrailerPrefix); ok {
			trailer[name] = values
		}
	}
	return message.AppendHeader(b, trailer, w.likeBehind, nil)
}
