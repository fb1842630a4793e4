package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"devgate/internal/testrequest"
)

// last is sent behind every entry, so that it shows whether anything behind it is
// still read.
const last = "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

// manner is how an entry is sent.
type manner struct {
	name   string
	pieces int  // at most; 1: in one
	behind bool // a backend that says 404 is asked first
}

var manners = []manner{
	{"whole", 1, false}, {"whole, behind a miss", 1, true},
	{"in pieces", 2000, false}, {"in pieces, behind a miss", 2000, true},
}

// aftermath is what became of an entry that was sent in one manner.
type aftermath struct {
	manner
	statuses []int // of the answers; none below 200
	final    *http.Response
	seen     []testrequest.Request // whole, by the backend that answers
	asked    []testrequest.Request // at least their heads
	oddities []string              // what a backend has seen that is not plain
	breaches []string              // of what else holds whatever the decision
	recorded []int                 // the statuses that the gateway remembers
}

// String is the statuses of the answers, and what the backend has seen.
func (o *aftermath) String() string {
	var b strings.Builder
	fmt.Fprint(&b, strings.Trim(fmt.Sprint(o.statuses), "[]"))
	for _, r := range o.seen {
		fmt.Fprintf(&b, "; %s", brief(r))
	}
	return b.String()
}

// G13: what is malformed is refused, what is not is passed on, as RFC 9110 and 9112
// decide; whatever is decided, backends see only requests that are there, in the
// plainest form, and others are served.
func TestRequestsAreDecidedByTheBook(t *testing.T) {
	entries := testrequest.All(t)
	forEach(t, entries, func(t *testing.T, e testrequest.Entry) {
		for _, o := range sendInAllManners(t, e) {
			o.check(t, e)
		}
	})
}

// check compares with what is right.
func (o *aftermath) check(t *testing.T, e testrequest.Entry) {
	t.Helper()
	for _, b := range o.breaches {
		t.Errorf("%s: %s\n%s", o.name, b, o)
	}
	for what, wrong := range map[string]string{"the decision": o.misjudged(e), "what backends see": o.odd(), "the form": o.misshapen(e)} {
		if wrong != "" {
			t.Errorf("%s: %s is not right: %s\n%s\nrfc %s", o.name, what, wrong, o, e.Reason)
		}
	}
}

// forEach runs a subtest for each entry. Most of the time of one is waiting for
// connections to end, so that many are run at once.
func forEach(t *testing.T, entries []testrequest.Entry, run func(*testing.T, testrequest.Entry)) {
	const workers = 24
	queue := make(chan testrequest.Entry)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for e := range queue {
				t.Run(e.Name, func(t *testing.T) { run(t, e) })
			}
		})
	}
	for _, e := range entries {
		queue <- e
	}
	close(queue)
	running.Wait()
}

// sendInAllManners sends an entry to gateways of its own, and returns when nothing of
// them is left, so that what the backends have seen is all of it.
func sendInAllManners(t *testing.T, e testrequest.Entry) []*aftermath {
	aftermaths := make([]*aftermath, len(manners))
	var running sync.WaitGroup
	for i, m := range manners {
		running.Go(func() {
			t.Run(m.name, func(t *testing.T) {
				o := &aftermath{manner: m}
				aftermaths[i] = o
				var backends []*plainBackend
				t.Cleanup(func() { o.look(backends) }) // behind the backends' own: all is read then
				if m.behind {
					backends = append(backends, newPlainBackend(t, "miss", missAnswer))
				}
				backends = append(backends, newPlainBackend(t, "hit", okAnswer))
				o.send(t, e, backends)
			})
		})
	}
	running.Wait()
	return aftermaths
}

// send sends the entry, reads the answers, and then asks as another client.
func (o *aftermath) send(t *testing.T, e testrequest.Entry, backends []*plainBackend) {
	var chain []*testBackend
	for _, b := range backends {
		chain = append(chain, b.testBackend)
	}
	g := gateway(t, Config{}, chain...)
	nc := g.dial()
	go o.write(nc, e)
	out, err := io.ReadAll(nc)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		o.breach("it hangs after %.100q", out)
	}
	nc.Close()
	o.readAnswers(out)
	if got := g.get("/other"); got.status != 200 || got.body != "ok" {
		o.breach("others get %d %q %v", got.status, got.body, got.err)
	}
	if strings.Contains(g.logs.String(), "panic") {
		o.breach("%s", g.logs)
	}
	g.stop()
	for _, x := range g.Requests() {
		if x.Path != "/other" && x.Status != 0 { // 0: the client had left
			o.recorded = append(o.recorded, x.Status)
		}
	}
}

func (o *aftermath) breach(format string, args ...any) {
	o.breaches = append(o.breaches, fmt.Sprintf(format, args...))
}

func (o *aftermath) write(nc net.Conn, e testrequest.Entry) {
	stream := e.Stream
	if !e.End {
		stream += last
	}
	for piece := range slices.Chunk([]byte(stream), (len(stream)+o.pieces-1)/o.pieces) {
		if _, err := nc.Write(piece); err != nil {
			return // it has been refused
		}
	}
	if e.End {
		nc.(*net.TCPConn).CloseWrite()
	}
}

// readAnswers reads what came back. What is no answer of HTTP/1 ends it: it may be one
// of HTTP/2.
func (o *aftermath) readAnswers(out []byte) {
	br := bufio.NewReader(bytes.NewReader(out))
	for {
		if start, _ := br.Peek(len("HTTP/1.")); string(start) != "HTTP/1." {
			return
		}
		answer, err := http.ReadResponse(br, nil)
		if err == nil {
			_, err = io.Copy(io.Discard, answer.Body)
		}
		if err != nil {
			o.breach("the answers %.300q: %v", out, err)
			return
		}
		if answer.StatusCode >= 200 {
			o.final = answer
			o.statuses = append(o.statuses, answer.StatusCode)
		}
	}
}

// look takes in what the backends have seen.
func (o *aftermath) look(backends []*plainBackend) {
	for _, b := range backends {
		seen, asked := others(b.whole), others(b.asked)
		o.oddities = append(o.oddities, b.faults...)
		if len(o.asked) < len(asked) {
			o.asked = asked
		}
		if b.Name == "hit" {
			o.seen = seen
		}
	}
}

// others are requests without that of another client.
func others(all []plainRequest) (kept []testrequest.Request) {
	for _, r := range all {
		if r.Target != "/other" {
			kept = append(kept, r.Request)
		}
	}
	return kept
}

// misjudged says how the decision differs from the right one; "": it is that.
func (o *aftermath) misjudged(e testrequest.Entry) string {
	accepted, refused := o.notAccepted(e), o.notRefused(e)
	switch {
	case e.Decision == testrequest.Accept:
		return accepted
	case e.Decision == testrequest.Refuse || accepted != "" && refused != "":
		return refused
	}
	return ""
}

// notAccepted says why not everything was passed on and answered.
func (o *aftermath) notAccepted(e testrequest.Entry) string {
	goesOn := o.wentOn()
	switch {
	case !sameRequests(o.seen, e.Sees, goesOn):
		return "not what is to be seen"
	case goesOn && e.Closes:
		return "it is read behind the end of the connection"
	case !goesOn && !e.Closes && !e.MayClose && !e.End:
		return "the connection does not go on"
	case len(o.statuses) != len(o.seen) || slices.ContainsFunc(o.statuses, func(s int) bool { return s != 200 && s != 404 }):
		return "not all of it is answered by a backend"
	}
	return ""
}

// notRefused says why the last request of an entry was not refused as it should be.
func (o *aftermath) notRefused(e testrequest.Entry) string {
	goesOn, statuses := o.wentOn(), slices.Clone(o.statuses)
	if goesOn && len(statuses) > 0 {
		statuses = statuses[:len(statuses)-1]
	}
	before := e.Sees
	if e.Decision == testrequest.Either {
		before = nil // no entry of that kind has any
	}
	status := 0
	if len(statuses) > len(before) {
		status = statuses[len(before)]
	}
	switch {
	case !sameRequests(o.seen, before, goesOn):
		return "not what is to be seen"
	case goesOn && !e.MayClose:
		return "it is read behind what is refused"
	case !slices.Contains(e.Statuses, status) || len(statuses) > len(before)+1:
		return "not the status"
	case len(o.asked) > len(o.seen) && !e.InBody:
		return "a backend is asked"
	}
	return ""
}

// odd says what a backend has seen that is not plain; "": nothing.
func (o *aftermath) odd() string {
	if len(o.oddities) == 0 {
		return ""
	}
	return o.oddities[0]
}

// wentOn reports whether what was sent behind the entry was answered by a backend.
func (o *aftermath) wentOn() bool {
	return len(o.seen) > 0 && o.seen[len(o.seen)-1].Target == "/last"
}

// sameRequests compares what was seen; goesOn: it has one more at the end.
func sameRequests(seen, want []testrequest.Request, goesOn bool) bool {
	if goesOn {
		seen = seen[:len(seen)-1]
	}
	return slices.EqualFunc(seen, want, func(got, want testrequest.Request) bool {
		if want.Host == "" {
			got.Host = ""
		}
		return got == want
	})
}

// misshapen says what the answers lack of what all have, and a refusal of what the
// gateway's own have (G9); "": nothing.
func (o *aftermath) misshapen(e testrequest.Entry) string {
	switch {
	case !slices.Equal(o.recorded, o.statuses):
		return fmt.Sprintf("recorded are %d", o.recorded)
	case o.wentOn() || o.final == nil || o.final.StatusCode < 400:
		return ""
	}
	h := o.final.Header
	switch {
	case h.Get(headerError) == "":
		return "no " + headerError
	case h.Get("Cache-Control") != "no-store":
		return "no Cache-Control"
	case e.Closes && !o.final.Close:
		return "no Connection: close"
	}
	return ""
}
