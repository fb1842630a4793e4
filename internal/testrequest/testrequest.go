// Package testrequest has requests in the shapes by which servers are attacked and
// misled, each with the decision by RFC 9110 and RFC 9112. Whatever reads requests
// is tested with them.
//
// A file of requests/ is a family. It holds entries, whose lines begin with a word:
//
//	= NAME                    begins an entry
//	rfc TEXT                  the section that decides, and what it says
//	refuse STATUS... WORD...  what is right: no backend sees it whole, and the client
//	accept WORD...            gets one of the statuses; or it is passed on; or either
//	either STATUS... WORD...  may be done
//	sees METHOD TARGET [BODY] [host=HOST]
//	                          a request in it, in order; before what is refused, too
//	send ITEM...              the bytes
//
// The status none is a connection that ends without an answer. The words: "body" is a
// request that is found wrong within its body, so that a backend may have been asked,
// and has then seen it cut; "closes", the connection ends behind the last answer;
// "may-close", it may; "end", the client says that nothing more comes. A request that
// is refused "closes" unless it "may-close"; nothing behind it is ever a request.
//
// An item is pieces joined by +: "text" as Go quotes it, N*"text", host (a Host line),
// next (a request for /smuggled), or a word as it is.
package testrequest

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"testing"
)

//go:embed requests
var files embed.FS

// Decision is what is right to do with a stream of bytes.
type Decision string

const (
	Refuse Decision = "refuse" // the last request in it is answered with an error
	Accept Decision = "accept" // each request in it is passed on
	Either Decision = "either" // both are right
)

// Entry is a stream of bytes that a client sends.
type Entry struct {
	Name     string // "family/name"
	Reason   string // the section of the RFC, and why
	Decision Decision
	Statuses []int     // by which it may be refused; 0: no answer
	InBody   bool      // what is wrong is in a body
	Closes   bool      // the connection ends behind the last answer
	MayClose bool      // it may end
	End      bool      // the stream is all that the client ever sends
	Sees     []Request // what is in it, as far as it is accepted
	Stream   string
}

// Request is one that a backend is to see.
type Request struct {
	Method, Target, Body string
	Host                 string // "": that is not asked
}

// All returns the entries of all families.
func All(t testing.TB) (all []Entry) {
	t.Helper()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		family := strings.TrimSuffix(path.Base(name), ".txt")
		entries, err := parse(family, string(text))
		all = append(all, entries...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
