package control

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Kind says what an Error is about, for programs.
type Kind string

// The kinds of errors. docs/control.md tells them apart for those who write
// clients.
const (
	Unknown  Kind = "unknown"  // there is no service of that name
	Invalid  Kind = "invalid"  // the question itself is wrong: a bad number, a bad pattern
	Refused  Kind = "refused"  // it cannot be done as things are
	Failed   Kind = "failed"   // it was done, and did not succeed
	Stopping Kind = "stopping" // this devgate is on its way down
	Protocol Kind = "protocol" // command and devgate are too far apart to understand each other
	Broken   Kind = "broken"   // devgate itself is at fault
)

// Error is a refusal as it crosses the socket.
type Error struct {
	Kind Kind   `json:"kind"`
	Text string `json:"error"`
	Hint string `json:"hint"` // what to do; often ""
}

// NewError gives an error a kind. What it says behind "hint: ", in a line of its
// own, becomes the hint. An error that is an *Error already keeps its kind.
func NewError(kind Kind, err error) *Error {
	// The kind that was given nearest to the fault is the right one.
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	text, hint, _ := strings.Cut(err.Error(), "\n  hint: ")
	return &Error{kind, text, hint}
}

// Error is the text, with the hint in a line of its own.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Text
	}
	return e.Text + "\n  hint: " + e.Hint
}

// status is that of an HTTP answer with the error.
// The status is for those who ask with curl; clients go by the kind.
func (e *Error) status() int {
	switch e.Kind {
	case Unknown, Protocol:
		return http.StatusNotFound
	case Invalid:
		return http.StatusBadRequest
	case Refused, Failed:
		return http.StatusConflict
	case Stopping:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fail answers with an error. One without a kind says that what was asked for did
// not succeed.
func fail(w http.ResponseWriter, err error) {
	e := NewError(Failed, err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(e.status())
	json.NewEncoder(w).Encode(e)
}
