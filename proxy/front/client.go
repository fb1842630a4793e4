package front

import (
	"errors"
	"net"
	"net/http"
	"slices"
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

// Behind tells the fields behind the request's body, once that has been read to its end;
// also after the handler has returned, when the Client is of another request.
func (w *Client) Behind() func() []message.Field { return w.body.behind }

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

// Flush implements http.Flusher.
func (w *Client) Flush() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.begin()
	w.send(w.out)
	w.out = w.out[:0]
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
