package proxy

import (
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync"

	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// keeping is what a request holds of its messages until it is recorded. The
// goroutine that serves the request owns it; the zero keeping keeps nothing.
type keeping struct {
	on      bool
	request Message // but for its header, which is the client's
	answer  Message // that the client gets
	source  int     // the attempt whose body the answer has, counted from 1; 0: none
	taken   int     // of the gateway's allowance
	sampled bool    // request is complete
}

// watchBody copies the beginning of the request's body while it passes by.
func (a *answering) watchBody() {
	if a.keeping.on {
		a.req.Body.Watch(MessageMax, a.r.ContentLength, &a.g.recorder.allowance)
	}
}

// keepHead keeps the head of a backend's answer, of the attempt at a place in the
// trace. What is held of it longer than the answer itself is bounded.
func (a *answering) keepHead(place int, rep *reply) {
	if rep == nil {
		return
	}
	rep.place = place
	t := &a.trace.attempts[place]
	t.message.Size = -1
	switch {
	case !a.keeping.on || rep.resp.Head > MessageMax || !a.take(rep.resp.Head):
	case rep.resp.Raw != "":
		t.raw = rep.resp.Raw // one text is copied sooner than a map
	default:
		t.message.Header = rep.resp.Header
	}
}

// take takes n bytes of the allowance, until the end of the request.
func (a *answering) take(n int) bool {
	if !a.g.recorder.allowance.Take(n) {
		return false
	}
	a.keeping.taken += n
	return true
}

// keepTaken keeps what was taken in of an answer that is not the client's.
func (a *answering) keepTaken(rep *reply) {
	m := a.kept(rep)
	if m == nil {
		return
	}
	s := rep.resp.Body.Taken()
	if !a.take(cap(s.Bytes)) {
		s.Bytes = nil
	}
	m.measure(s.Bytes, s.Size, s.Whole, rep.resp.Length)
}

// kept is what is kept of a backend's answer; nil: nothing is, or it has no body.
func (a *answering) kept(rep *reply) *Message {
	if !a.keeping.on {
		return nil
	}
	m := &a.trace.attempts[rep.place].message
	switch {
	case rep.resp.Status == http.StatusSwitchingProtocols: // what follows belongs to no message
		return nil
	case a.r.Method == http.MethodHead, !message.BodyAllowed(rep.resp.Status), rep.resp.Length == 0:
		m.measure(nil, 0, true, 0)
		return nil
	}
	return m
}

// watchAnswer notes what the client gets, and copies the beginning of the body on
// its way if that is to be kept.
func (a *answering) watchAnswer(h http.Header, rep *reply) {
	a.keepAnswer(h)
	a.keeping.source = rep.place + 1
	if a.keepsBody(rep.resp.Status) {
		rep.resp.Body.Watch(MessageMax, rep.resp.Length, &a.g.recorder.allowance)
	}
}

// keepAnswer keeps the head of the client's answer, until it is recorded: after the
// request its map is that of the next one.
func (a *answering) keepAnswer(h http.Header) { a.keeping.answer = Message{Header: h, Size: -1} }

// keepsBody reports whether the body of an answer with that status is to be kept:
// failures are looked into afterwards, and are few.
func (a *answering) keepsBody(status int) bool {
	return a.keeping.on && (status >= http.StatusBadRequest || a.g.recorder.looked.Load())
}

// keepRelayed keeps what has passed of the answer that is the client's.
func (a *answering) keepRelayed(rep *reply) {
	m := a.kept(rep)
	if m == nil {
		return
	}
	s := rep.resp.Body.Relayed()
	a.keeping.taken += s.Cost()
	m.measure(s.Bytes, s.Size, s.Whole, rep.resp.Length)
	if s.Whole {
		m.Trailer, _ = rep.resp.Body.Trailer()
	}
}

// keepTrailer keeps what the client gets behind the body, which is about to be
// written to the header that is kept.
func (a *answering) keepTrailer(trailer http.Header) {
	if a.keeping.answer.Header != nil {
		a.keeping.answer.Header = maps.Clone(a.keeping.answer.Header)
		a.keeping.answer.Trailer = trailer
	}
}

// keepOwn keeps an answer of the gateway's own.
func (a *answering) keepOwn(h http.Header, body []byte) {
	a.keepAnswer(h)
	if a.r.Method == http.MethodHead {
		body = nil
	}
	a.keeping.answer.measure(body, int64(len(body)), true, 0)
}

// keepSampled keeps what was written of an answer that keepOwn has seen begin.
func (a *answering) keepSampled(s *wire.Sample) {
	m := &a.keeping.answer
	length, err := strconv.ParseInt(m.Header.Get("Content-Length"), 10, 64)
	switch {
	case a.r.Method == http.MethodHead, !message.BodyAllowed(a.trace.status):
		return // it has none
	case err != nil:
		length = -1
	}
	a.keeping.taken += s.Cost()
	m.measure(s.Bytes, s.Size, length < 0 || s.Size == length, length)
	place := len(a.trace.attempts) - 1
	a.trace.attempts[place].message, a.keeping.source = *m, place+1
}

// keepRequest completes what is kept of the request, once.
func (a *answering) keepRequest() {
	if a.keeping.sampled {
		return
	}
	a.keeping.sampled = true
	m := &a.keeping.request
	if a.req == nil || a.req.Body == nil {
		none := a.r.ContentLength == 0 || a.r.Body == http.NoBody
		m.measure(nil, 0, none, a.r.ContentLength)
		return
	}
	s := a.req.Body.Sampled()
	a.keeping.taken += s.Cost()
	m.measure(s.Bytes, s.Size, s.Whole, a.r.ContentLength)
	if s.Whole && len(a.r.Trailer) > 0 { // else it may still be written to
		m.Trailer = a.r.Trailer
	}
}

// detailTexts are written to while a request is recorded.
var detailTexts = sync.Pool{New: func() any { return new(detailWriter) }}

// putDetailText gives w back to be used again; nil is nobody's. A large one is not
// kept for small ones.
func putDetailText(w *detailWriter) {
	if w != nil && cap(w.b) <= MessageMax {
		detailTexts.Put(w)
	}
}

// detailText writes what is kept, to be given back to detailTexts; nil: nothing is.
func (a *answering) detailText() *detailWriter {
	if !a.keeping.on || len(a.r.RequestURI)+len(a.r.Method)+len(a.r.Host) > MessageMax {
		return nil
	}
	a.keepRequest()
	a.keeping.request.Header = a.r.Header
	w := newDetailText(a.r.RequestURI, a.r.Method, a.r.Host)
	w.message(&a.keeping.request)
	w.number(a.keeping.source)
	w.message(&a.keeping.answer)
	w.number(len(a.trace.attempts))
	for i := range a.trace.attempts {
		w.answer(&a.trace.attempts[i].message, a.trace.attempts[i].raw)
	}
	return w
}

// refusedText writes what is kept of a request that could not be read, and of its
// answer.
func refusedText(method string, answer *Message) *detailWriter {
	w := newDetailText("", method, "")
	w.message(&Message{Size: -1})
	w.number(0)
	w.message(answer)
	w.number(0)
	return w
}

func newDetailText(target, method, host string) *detailWriter {
	w := detailTexts.Get().(*detailWriter)
	w.b = w.b[:0]
	w.text(target)
	w.text(method)
	w.text(host)
	return w
}

// readDetail reads what detailText has written.
func readDetail(text []byte, d *Detail) {
	r := detailReader{text}
	d.Target, d.Method, d.Host = r.text(), r.text(), r.text()
	d.Request = r.message()
	source := r.number()
	d.Answer = r.message()
	d.Answers = make([]Message, r.number())
	for i := range d.Answers {
		d.Answers[i] = r.message()
	}
	if source > 0 { // it was written once
		from := d.Answers[source-1]
		d.Answer.Body, d.Answer.Size, d.Answer.Whole = from.Body, from.Size, from.Whole
	}
}

// sampled is the client's side of an answer that is not a backend's: it copies the
// beginning of what is written.
type sampled struct {
	http.ResponseWriter
	sample wire.Sample
}

// Write implements io.Writer.
func (s *sampled) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p)
	s.sample.Add(p[:n])
	return n, err
}

// ReadFrom implements io.ReaderFrom, by which a file goes out without passing
// through the gateway's memory, but for what is copied of it.
func (s *sampled) ReadFrom(r io.Reader) (int64, error) {
	first, err := io.CopyN(onlyWriter{s}, r, int64(s.sample.Wants()))
	if err == io.EOF {
		return first, nil
	}
	if err != nil {
		return first, err
	}
	n, err := io.Copy(s.ResponseWriter, r)
	s.sample.Skip(n)
	return first + n, err
}

// onlyWriter hides ReadFrom.
type onlyWriter struct{ io.Writer }
