package control

import "net/http"

// Detail is one request as a person looks into it: its record, and what went over
// the wire.
type Detail struct {
	Exchange
	// Request is what the client sent.
	Request Message `json:"request"`
	// Answer is what the client got, also where it was devgate's own.
	Answer Message `json:"answer"`
	// Answers are what the backends of Attempts said, in their order; of one that was
	// not asked, or gave no answer, the zero Message.
	Answers []Message `json:"answers"`
}

// Message is a request or an answer: its header, and the beginning of its body.
type Message struct {
	Header http.Header `json:"header"` // null: there was none, or it was not kept
	Body   []byte      `json:"body"`   // MessageBodyMax bytes at most
	Size   int64       `json:"size"`   // of the whole body in bytes, as it went over the wire; -1: not known
	Kept   bool        `json:"kept"`   // Body is the whole body
}

// MessageBodyMax is how much of a body is kept, in bytes.
const MessageBodyMax = 64 << 10
