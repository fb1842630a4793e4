package control

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Version is the number of the protocol. It is counted up when a client that
// speaks the one before would misunderstand an answer, or be misunderstood; a
// further field, route or kind of error is no reason.
const Version = 1

// prefix begins every path but downPath.
const prefix = "/v1"

// downPath is the one request that every devgate answers, whatever it speaks, so
// that there is a way out of a mismatch.
// It has no version in its path, and is never to get one.
const downPath = "/down"

// mismatch says who is older: the devgate that runs, or the command that asks.
func mismatch(running, asking int) *Error {
	age := "older"
	if running > asking {
		age = "newer"
	}
	return &Error{
		Kind: Protocol,
		Text: fmt.Sprintf("the devgate that runs here is %s than this command, and they do not understand each other (it speaks protocol %d, this one %d)", age, running, asking),
		Hint: "devgate down stops it, devgate up starts this one; or use the devgate that has started it",
	}
}

// versionOf is the protocol that a request is made in: 0 for one before the first
// that was counted.
func versionOf(path string) int {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	digits, ok := strings.CutPrefix(first, "v")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 {
		return 0
	}
	// "/v1" is 1, and whatever is no number of a version was before there were any.
	return n
}

// refuseUnknown answers what no route takes. Within this version of the protocol,
// the command knows more than this devgate.
func refuseUnknown(w http.ResponseWriter, r *http.Request) {
	asking := versionOf(r.URL.Path)
	e := mismatch(Version, asking)
	if asking == Version {
		e.Text = fmt.Sprintf("the devgate that runs here is older than this command: it does not know %s %s", r.Method, r.URL.Path)
	}
	fail(w, e)
}
