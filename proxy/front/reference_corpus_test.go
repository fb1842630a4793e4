package front

import (
	"slices"
	"strings"
	"testing"

	"devgate/internal/testrequest"
)

// last is a request behind an entry, which shows whether reading has gone on.
const last = "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

// asSeen is a request as a backend is to see it: a path and a query.
func asSeen(r referenceRequest) testrequest.Request {
	seen := testrequest.Request{Method: r.method, Target: r.target, Body: r.body}
	for _, f := range r.fields {
		if strings.EqualFold(f[0], "Host") {
			seen.Host = f[1]
		}
	}
	m := absoluteForm.FindStringSubmatch(r.target)
	if m == nil {
		return seen
	}
	seen.Host, seen.Target = m[2], r.target[len(m[0]):]
	switch {
	case seen.Target == "" && r.method == "OPTIONS":
		seen.Target = "*"
	case !strings.HasPrefix(seen.Target, "/"):
		seen.Target = "/" + seen.Target
	}
	return seen
}

// The reference reads what the entries of package testrequest say. Those that the
// gateway refuses for their host are requests to a reader.
func TestTheReferenceIsTheBook(t *testing.T) {
	for _, e := range testrequest.All(t) {
		t.Run(e.Name, func(t *testing.T) {
			stream := e.Stream
			if !e.End {
				stream += last
			}
			requests, v := referenceRequests([]byte(stream))
			var seen []testrequest.Request
			for _, r := range requests {
				seen = append(seen, asSeen(r))
			}
			goesOn := len(seen) > 0 && seen[len(seen)-1].Target == "/last"
			if goesOn {
				seen = seen[:len(seen)-1]
			}
			same := slices.EqualFunc(seen, e.Sees, func(got, want testrequest.Request) bool {
				return got.Method == want.Method && got.Target == want.Target && got.Body == want.Body && (want.Host == "" || want.Host == got.Host)
			})
			accepts := same && (v.kind == closed || v.kind == whole) && goesOn == (!e.Closes && !e.End)
			refuses := same && !goesOn && (v.kind == refused || v.kind == partial && e.End || v.kind == left)
			forHost := slices.Contains(e.Statuses, 403) && goesOn
			if right := map[testrequest.Decision]bool{testrequest.Accept: accepts, testrequest.Refuse: refuses || forHost, testrequest.Either: accepts || v.kind == left}; !right[e.Decision] {
				t.Errorf("rfc %s\n%d %s; %q", e.Reason, v.kind, v.reason, seen)
			}
		})
	}
}
