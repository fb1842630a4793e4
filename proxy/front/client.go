package front

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"devgate/proxy/message"
)

// Client is who has sent a request, and gets its answer: the http.ResponseWriter of a
// handler. It is used by one goroutine at a time.
type Client struct {
	c                *conn
	h                *message.RequestHead
	body             *body
	header           http.Header
	like, likeBehind []message.Field
	status           int // 0: the head is not decided on yet

	frame    frame
	left     int64    // of a body of known length, in bytes
	out      []byte   // what is not sent yet
	trailer  []string // names that were announced
	last     bool     // the connection ends behind the answer
	hijacked bool
	err      error // of sending; sticky

	mu    sync.Mutex
	begun bool // something of the answer is sent, or about to be; the handler's goroutine sets it
}

// frame is how the end of an answer's body is told.
type frame uint8

const (
	noBody frame = iota
	byLength
	byChunks
	byEnd // of the connection
	open  // it is decided when the body is known, or has become long
)

// outBuffer is how much of an answer goes out in one piece.
const outBuffer = 16 << 10

// outs are the buffers of answers that are under way.
var outs = sync.Pool{New: func() any {
	b := make([]byte, 0, outBuffer)
	return &b
}}

// clientOf is the client of the next request on a connection. The last one's is not
// used any more.
func (c *conn) clientOf(h *message.RequestHead, b *body) *Client {
	header := c.client.header
	if clear(header); header == nil {
		header = make(http.Header, headerRoom)
	}
	w := &c.client
	w.mu.Lock() // nobody else is at it; the watch of the last request is over
	defer w.mu.Unlock()
	w.c, w.h, w.body, w.header = c, h, b, header
	w.like, w.likeBehind, w.status, w.frame, w.left, w.out, w.trailer = nil, nil, 0, noBody, 0, nil, nil
	w.last, w.hijacked, w.err, w.begun = false, false, nil, false
	return w
}

// headerRoom is for the fields of an ordinary answer.
const headerRoom = 16

// Fields are those of the request, in order and as they are spelled.
func (w *Client) Fields() []message.Field { return w.h.Fields }

// Behind are the fields behind the request's body, once that has been read to its end.
func (w *Client) Behind() []message.Field { return w.body.behind() }

// LikeBehind is Like for what is sent behind the body, and is called before the handler
// returns.
func (w *Client) LikeBehind(fields []message.Field) { w.likeBehind = fields }

// Like has the answer's fields in the order and the spelling of these, which
// message.HeaderOf has read. It is called before WriteHeader.
func (w *Client) Like(fields []message.Field) { w.like = fields }

// Header implements http.ResponseWriter. As there, names that Trailer announces, and
// those behind http.TrailerPrefix, are sent behind the body.
func (w *Client) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter. A status of 1xx goes out at once, with
// the header as it is, and another one follows.
func (w *Client) WriteHeader(status int) {
	switch {
	case w.status != 0:
		return
	case status < 200 && status != http.StatusSwitchingProtocols:
		w.writeInformational(status)
		return
	}
	w.status = status
	w.decideFrame()
	w.trailer = message.Listed(w.header, "Trailer")
	w.out = *outs.Get().(*[]byte)
	if w.frame != open {
		w.appendHead()
	}
}

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

// Write implements io.Writer.
func (w *Client) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	switch {
	case w.err != nil:
		return 0, w.err
	case w.h.Method == http.MethodHead:
		return len(p), nil // as long as it would be
	case w.frame == noBody:
		return 0, http.ErrBodyNotAllowed
	case len(p) == 0:
		return 0, nil
	case w.frame == byLength && int64(len(p)) > w.left:
		return 0, http.ErrContentLength
	case w.frame == open && len(w.out)+len(p) <= outBuffer/2:
		w.out = append(w.out, p...)
		return len(p), nil
	}
	w.begin()
	return w.write(p)
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

func appendChunk(b, p []byte) []byte {
	b = strconv.AppendInt(b, int64(len(p)), 16)
	b = append(b, "\r\n"...)
	b = append(b, p...)
	return append(b, "\r\n"...)
}

// write passes on a piece of the body: small ones together, large ones as they are.
func (w *Client) write(p []byte) (int, error) {
	w.left -= int64(len(p))
	if len(w.out)+len(p)+chunkFrame <= outBuffer {
		if w.frame == byChunks {
			w.out = appendChunk(w.out, p)
		} else {
			w.out = append(w.out, p...)
		}
		return len(p), nil
	}
	w.commit()
	pieces := net.Buffers{w.out, p}
	if w.frame == byChunks {
		w.out = strconv.AppendInt(w.out, int64(len(p)), 16)
		w.out = append(w.out, "\r\n"...)
		pieces = net.Buffers{w.out, p, []byte("\r\n")}
	}
	if _, err := pieces.WriteTo(w.c.nc); err != nil {
		return 0, w.fail(err)
	}
	w.out = w.out[:0]
	return len(p), nil
}

// chunkFrame is more than what stands around a chunk.
const chunkFrame = 24

func (w *Client) fail(err error) error {
	w.err = err
	return err
}

// send writes what was buffered.
func (w *Client) send(b []byte) {
	if w.err == nil && len(b) > 0 {
		w.commit()
		_, w.err = w.c.nc.Write(b)
	}
}

// Flush implements http.Flusher.
func (w *Client) Flush() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.begin()
	w.send(w.out)
	w.out = w.out[:0]
}

// ReadFrom implements io.ReaderFrom: where nothing stands between, the system moves
// the bytes by itself.
func (w *Client) ReadFrom(r io.Reader) (n int64, err error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	tcp, ok := w.c.nc.(*net.TCPConn)
	if !ok || w.frame != byLength {
		return io.Copy(onlyWriter{w}, r)
	}
	w.Flush()
	if w.err != nil {
		return 0, w.err
	}
	n, err = tcp.ReadFrom(io.LimitReader(r, w.left))
	w.left -= n
	return n, err
}

// onlyWriter hides ReadFrom.
type onlyWriter struct{ io.Writer }

// finish sends what is left of the answer; false: the client has not got it whole.
func (w *Client) finish() bool {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.frame == open {
		w.header["Content-Length"] = []string{strconv.Itoa(len(w.out))}
		body := slices.Clone(w.out)
		w.frame, w.out = byLength, w.out[:0]
		w.appendHead()
		w.out = append(w.out, body...)
	}
	if w.frame == byChunks {
		w.out = append(w.out, "0\r\n"...)
		w.out = w.appendTrailer(w.out)
		w.out = append(w.out, "\r\n"...)
	}
	w.send(w.out)
	if out := w.out[:0]; cap(out) == outBuffer {
		outs.Put(&out)
	}
	w.out = nil
	return w.err == nil && w.left <= 0
}

// reset ends the connection of an answer that has broken off, so that the client does
// not take its end for that of the body.
func (w *Client) reset() {
	if tcp, ok := w.c.nc.(*net.TCPConn); ok && w.frame == byEnd {
		tcp.SetLinger(0)
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

// Hijack takes the connection over, with what the client has already said on it that
// belongs to no request.
func (w *Client) Hijack() (nc net.Conn, said []byte, err error) {
	if w.hijacked || w.status != 0 {
		return nil, nil, errors.New("take a connection over: it has an answer")
	}
	w.c.watch.end()
	w.hijacked, w.c.taken = true, true
	buffered, _ := w.c.br.Peek(w.c.br.Buffered())
	return w.c.nc, slices.Clone(buffered), nil
}

// SetReadDeadline limits the reading of the request's body.
func (w *Client) SetReadDeadline(t time.Time) error { return w.c.nc.SetReadDeadline(t) }
