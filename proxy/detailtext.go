package proxy

import (
	"encoding/binary"
	"net/http"
	"slices"

	"devgate/proxy/wire"
)

// A detail is kept as one byte string. Lengths stand in front of what they are the
// length of, so any byte may be in it.

const (
	hasHeader = 1 << iota
	hasTrailer
	isWhole
	isRaw // the header is written as it came, behind its status line
)

// detailWriter writes a detail. What does not fit is left out, so that it can be
// read in any case.
type detailWriter struct{ b []byte }

// bytes is what was written; of nil, nothing.
func (w *detailWriter) bytes() []byte {
	if w == nil {
		return nil
	}
	return w.b
}

// fits reports whether n more bytes may be written.
func (w *detailWriter) fits(n int) bool { return len(w.b)+n <= detailMax }

func (w *detailWriter) number(n int) { w.b = binary.AppendUvarint(w.b, uint64(n)) }

func (w *detailWriter) text(s string) {
	w.number(len(s))
	w.b = append(w.b, s...)
}

// message writes m; of its body the beginning.
func (w *detailWriter) message(m *Message) { w.answer(m, "") }

// answer writes m, whose header is that of raw, unless raw is "".
func (w *detailWriter) answer(m *Message, raw string) {
	at := len(w.b)
	w.b = append(w.b, 0)
	switch {
	case raw != "" && w.fits(len(raw)+binary.MaxVarintLen64):
		w.b[at] |= isRaw
		w.text(raw)
	case w.header(m.Header):
		w.b[at] |= hasHeader
	}
	if m.Trailer != nil && w.header(m.Trailer) {
		w.b[at] |= hasTrailer
	}
	w.b = binary.AppendVarint(w.b, m.Size)
	body := m.Body[:min(len(m.Body), MessageMax)]
	if !w.fits(len(body) + binary.MaxVarintLen64) {
		body = nil
	}
	if m.Whole && m.Size == int64(len(body)) {
		w.b[at] |= isWhole
	}
	w.number(len(body))
	w.b = append(w.b, body...)
}

// header writes h if it is neither nil nor too long.
func (w *detailWriter) header(h http.Header) bool {
	at := len(w.b)
	if h == nil {
		return false
	}
	end := min(at+MessageMax, detailMax)
	w.number(len(h))
	for name, values := range h {
		if !w.field(name, values, end) {
			w.b = w.b[:at]
			return false
		}
	}
	return true
}

// field writes a name and its values, as long as that ends before end.
func (w *detailWriter) field(name string, values []string, end int) bool {
	if len(w.b)+len(name) > end {
		return false
	}
	w.text(name)
	w.number(len(values))
	for _, v := range values {
		if len(w.b)+len(v) > end {
			return false
		}
		w.text(v)
	}
	return len(w.b) <= end
}

// detailReader reads what a detailWriter has written.
type detailReader struct{ b []byte }

func (r *detailReader) number() int {
	n, used := binary.Uvarint(r.b)
	r.b = r.b[used:]
	return int(n)
}

func (r *detailReader) signed() int64 {
	n, used := binary.Varint(r.b)
	r.b = r.b[used:]
	return n
}

// bytes returns a part of what is read: it was copied for the reader.
func (r *detailReader) bytes() []byte {
	n := r.number()
	p := slices.Clip(r.b[:n])
	r.b = r.b[n:]
	return p
}

func (r *detailReader) text() string { return string(r.bytes()) }

func (r *detailReader) message() (m Message) {
	flags := r.b[0]
	r.b = r.b[1:]
	switch {
	case flags&isRaw != 0:
		m.Header = wire.ParseHeader(r.text())
	case flags&hasHeader != 0:
		m.Header = r.header()
	}
	if flags&hasTrailer != 0 {
		m.Trailer = r.header()
	}
	m.Size, m.Whole = r.signed(), flags&isWhole != 0
	if body := r.bytes(); len(body) > 0 {
		m.Body = body
	}
	return m
}

// header reads a header. Names are as net/http has them, whatever case an answer
// is written in.
func (r *detailReader) header() http.Header {
	h := http.Header{}
	for range r.number() {
		name := http.CanonicalHeaderKey(r.text())
		for range r.number() {
			h[name] = append(h[name], r.text())
		}
	}
	return h
}
