package proxy

import "net/http"

// Detail is what is kept of one request beside its record: what went over the
// wire.
type Detail struct {
	Exchange
	// Target is the request's, whole; "" when nothing of it was kept.
	Target string
	// Request is what the client sent, Answer what it got.
	Request, Answer Message
	// Answers are those of the backends in Cascade, in its order; the zero Message
	// for one that gave none.
	Answers []Message
}

// Message is what is kept of a request or an answer. 1xx answers, and what the server
// adds for the client's connection alone (Connection, Transfer-Encoding), are not.
type Message struct {
	Header, Trailer http.Header // nil: none, or not kept
	Body            []byte      // its beginning, without framing; MessageMax bytes at most
	Size            int64       // of the whole body; -1: not known
	Whole           bool        // Body is the whole body
}

const (
	// MessageMax is how much is kept of a body, and of a header, in bytes. A longer
	// header is not kept.
	MessageMax = 64 << 10
	// detailMax is how much is kept of one request.
	detailMax = 1 << 20

	// What all that is kept takes in bytes: of requests that have ended, and of those
	// that are under way. While nobody looks a busy heap is twice as large, and has to
	// stay below 16 MB.
	archiveIdle, allowanceIdle     = 5 << 20, 2 << 20
	archiveLooked, allowanceLooked = 40 << 20, 8 << 20
)

// measure takes in what there is of a body, which was announced with a length (-1:
// it was not).
func (m *Message) measure(body []byte, size int64, whole bool, length int64) {
	m.Body, m.Size, m.Whole = body, -1, whole && int64(len(body)) == size
	switch {
	case whole:
		m.Size = size
	case length >= 0:
		m.Size = length
	}
}
