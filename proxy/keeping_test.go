package proxy

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// spoken is a message as a backend or a client sends it.
type spoken struct {
	Status  int
	Header  http.Header
	Size    int
	Framing string // "length", "chunked", "end" (the body ends with the connection)
	Trailer bool
	Cut     bool // the last half of the body does not come
}

var spokenHeaders = rapid.MapOfN(
	rapid.StringMatching(`X-[A-Z][a-z]{0,4}`), rapid.SliceOfN(rapid.StringMatching(`[a-z]([a-z ]{0,20}[a-z])?`), 1, 2), 0, 3)

// drawSpoken draws a message with one of these framings.
func drawSpoken(t *rapid.T, what string, framings ...string) spoken {
	s := spoken{
		Header: http.Header(spokenHeaders.Draw(t, what+" header")), Framing: rapid.SampledFrom(framings).Draw(t, what+" framing"),
		Size: rapid.SampledFrom([]int{0, 1, 700, MessageMax - 1, MessageMax, MessageMax + 1, 400_000}).Draw(t, what+" size"),
	}
	s.Trailer = s.Framing == "chunked" && rapid.Bool().Draw(t, what+" trailer")
	return s
}

// body differs from every other message's.
func (s *spoken) body(salt int) []byte {
	b := []byte(strings.Repeat(fmt.Sprintf("%d-%d,", salt, s.Size), s.Size/4+1))
	return b[:s.Size]
}

// header is all that stands in the head.
func (s *spoken) header() http.Header {
	h := maps.Clone(s.Header)
	switch s.Framing {
	case "length":
		h["Content-Length"] = []string{fmt.Sprint(s.Size)}
	case "chunked":
		h["Transfer-Encoding"] = []string{"chunked"}
	case "end":
		h["Connection"] = []string{"close"}
	}
	if s.Trailer {
		h["Trailer"] = []string{"X-Sum"}
	}
	return h
}

// write sends the message behind a start line.
func (s *spoken) write(w io.Writer, start string, salt int, lines ...string) error {
	var b bytes.Buffer
	b.WriteString(start + "\r\n")
	for _, l := range lines {
		b.WriteString(l + "\r\n")
	}
	for name, values := range s.header() {
		for _, v := range values {
			fmt.Fprintf(&b, "%s: %s\r\n", name, v)
		}
	}
	b.WriteString("\r\n")
	body := s.body(salt)
	if s.Cut {
		body = body[:len(body)/2]
	}
	if s.Framing != "chunked" {
		b.Write(body)
	} else {
		for piece := range slicesOf(body, 30_000) {
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
		}
	}
	if s.Framing == "chunked" && !s.Cut {
		b.WriteString("0\r\n")
		if s.Trailer {
			b.WriteString("X-Sum: 42\r\n")
		}
		b.WriteString("\r\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

func slicesOf(b []byte, n int) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for ; len(b) > 0; b = b[min(n, len(b)):] {
			if !yield(b[:min(n, len(b))]) {
				return
			}
		}
	}
}

// scene is one request and what each backend says to it.
type scene struct {
	Method  string
	Request spoken
	Answers []spoken
	Leaves  string // "", "at once", "in the body" of the answer
}

var scenes = rapid.Custom(func(t *rapid.T) scene {
	s := scene{Method: rapid.SampledFrom([]string{"GET", "HEAD", "POST", "POST", "PUT"}).Draw(t, "method")}
	s.Request = drawSpoken(t, "request", "length", "chunked")
	if s.Method == "GET" || s.Method == "HEAD" {
		s.Request.Framing, s.Request.Size, s.Request.Trailer = "none", 0, false
	}
	for i := range 3 {
		a := drawSpoken(t, fmt.Sprintf("answer %d", i), "length", "chunked", "end")
		a.Status = rapid.SampledFrom([]int{404, 404, 200, 201, 405, 500, 204}).Draw(t, "status")
		if a.Status == 204 {
			a.Framing, a.Size, a.Trailer = "none", 0, false
		}
		a.Cut = a.Size > 0 && a.Framing != "end" && rapid.IntRange(0, 9).Draw(t, "cut") == 0
		s.Answers = append(s.Answers, a)
	}
	s.Leaves = rapid.SampledFrom([]string{"", "", "", "", "at once", "in the body"}).Draw(t, "leaves")
	return s
})

// stage has three backends that say what the scene of a request's number is.
type stage struct {
	g  *testGateway
	mu sync.Mutex
	// by number
	scenes map[string]scene
	salt   int
}

func newStage(t testing.TB, keep bool) *stage {
	st := &stage{scenes: map[string]scene{}}
	var chain []*testBackend
	for i := range 3 {
		chain = append(chain, rawBackend(t, fmt.Sprintf("b%d", i), func(nc net.Conn, br *bufio.Reader) { st.play(nc, br, i) }))
	}
	st.g = gateway(t, Config{Keep: keep}, chain...)
	st.g.draining = time.Minute // however busy the machine is
	return st
}

func (st *stage) play(nc net.Conn, br *bufio.Reader, i int) {
	for {
		r, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		st.mu.Lock()
		a := st.scenes[r.Header.Get("Number")].Answers[i]
		st.mu.Unlock()
		if r.Method == "HEAD" {
			a.Cut = true // no body follows, whatever is said of it
			head := a
			head.Framing, head.Size = "none", 0
			head.Header = a.header()
			if head.write(nc, fmt.Sprintf("HTTP/1.1 %d OK", a.Status), 0) != nil || a.Framing == "end" {
				return
			}
			continue
		}
		if a.write(nc, fmt.Sprintf("HTTP/1.1 %d OK", a.Status), i) != nil || a.Cut || a.Framing == "end" {
			return
		}
	}
}

// heard is what the client got.
type heard struct {
	header, trailer http.Header
	body            []byte
	err             error
}

// send plays the client and returns what is kept of the request.
func (st *stage) send(s scene) (d Detail, got heard, err error) {
	st.mu.Lock()
	st.salt++
	number := fmt.Sprint(st.salt)
	st.scenes[number] = s
	st.mu.Unlock()
	before := st.g.recorder.end()
	nc, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", st.g.Port()))
	if err != nil {
		return d, got, err
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(hang()))
	var request bytes.Buffer
	s.Request.write(&request, s.Method+" /a?b HTTP/1.1", 9, "Host: localhost", "Number: "+number)
	recorded := func() bool { return st.g.recorder.end() > before }
	if s.Leaves == "at once" {
		// Half of it has come, and somebody is at it.
		nc.Write(request.Next(max(1000, request.Len()/2)))
		err = soon("anybody hears it", func() bool { return recorded() || st.g.requests.count() > 0 })
		nc.Close()
	} else {
		wrote := make(chan struct{})
		go func() {
			defer close(wrote)
			request.WriteTo(nc)
		}()
		got = st.hear(nc, s)
		nc.Close()
		<-wrote
	}
	if err == nil {
		err = soon("it is recorded", recorded)
	}
	d, _ = st.g.Detail(before + 1)
	if n := d.Request.Header.Get("Number"); err == nil && n != number {
		err = fmt.Errorf("request %q is recorded in the place of %s", n, number)
	}
	return d, got, err
}

// soon returns when ok, or an error after a long time.
func soon(what string, ok func() bool) error {
	deadline := time.Now().Add(hang())
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if <-tick.C; time.Now().After(deadline) {
			return fmt.Errorf("never: %s", what)
		}
	}
	return nil
}

func (st *stage) hear(nc net.Conn, s scene) (got heard) {
	resp, err := http.ReadResponse(bufio.NewReader(nc), &http.Request{Method: s.Method})
	if err != nil {
		return heard{err: err}
	}
	got.header = resp.Header
	if s.Leaves == "in the body" {
		io.CopyN(io.Discard, resp.Body, 10)
		return got
	}
	got.body, got.err = io.ReadAll(resp.Body)
	got.trailer = resp.Trailer
	return got
}

// check compares what is kept with what was said and heard.
func (s *scene) check(d Detail, got heard, keepsAll bool) error {
	whole := s.Leaves == ""
	if err := s.checkRequest(d, whole); err != nil {
		return err
	}
	for i, a := range d.Cascade {
		if a.Status == 0 {
			if !reflect.DeepEqual(d.Answers[i], Message{}) {
				return fmt.Errorf("%s said nothing, and %+v is kept", a.Backend, d.Answers[i])
			}
			continue
		}
		said := s.Answers[i]
		keeps := keepsAll || said.Status >= 400
		if err := said.compare(d.Answers[i], said.header(), i, whole && keeps, s.Method); err != nil {
			return fmt.Errorf("answer of %s: %w", a.Backend, err)
		}
	}
	if !whole || got.header == nil {
		return nil
	}
	return s.checkClient(d, got)
}

func (s *scene) checkRequest(d Detail, whole bool) error {
	sent := s.Request
	sent.Cut = false
	h := sent.header()
	delete(h, "Transfer-Encoding") // net/http takes them
	delete(h, "Trailer")
	h["Number"] = d.Request.Header["Number"]
	if len(d.Cascade) == 0 {
		whole = false // it was refused
	}
	return sent.compare(d.Request, h, 9, whole, "")
}

// compare checks that what is kept is a truth about what was said, and with whole
// that it is all of it.
func (s *spoken) compare(m Message, h http.Header, salt int, whole bool, method string) error {
	if s.Framing == "none" && s.Status != 0 || method == "HEAD" {
		s = &spoken{Status: s.Status, Framing: "none"}
	}
	body := s.body(salt)
	said := body
	if s.Cut {
		said = body[:len(body)/2]
	}
	switch {
	case !reflect.DeepEqual(m.Header, h):
		return fmt.Errorf("the header is kept as %q, and was %q", m.Header, h)
	case !bytes.HasPrefix(said, m.Body), len(m.Body) > MessageMax:
		return fmt.Errorf("%d bytes are kept that were not said", len(m.Body))
	case m.Whole && (s.Cut || len(m.Body) != len(body)):
		return fmt.Errorf("%d of %d bytes are kept as the whole", len(m.Body), len(body))
	case m.Size != int64(len(body)) && m.Size != -1:
		return fmt.Errorf("%d bytes are said to be %d", len(body), m.Size)
	case m.Trailer != nil && (!s.Trailer || m.Trailer.Get("X-Sum") != "42"):
		return fmt.Errorf("trailer %q", m.Trailer)
	}
	if !whole {
		return nil
	}
	switch known := s.Framing != "chunked" && s.Framing != "end"; {
	case len(m.Body) != min(len(said), MessageMax):
		return fmt.Errorf("%d of %d bytes are kept", len(m.Body), len(said))
	case m.Size == -1 && (known || !s.Cut && len(body) < MessageMax):
		return fmt.Errorf("the size, %d, is not known", len(body))
	case !m.Whole && !s.Cut && len(body) < MessageMax:
		return fmt.Errorf("the whole is said to be a part")
	}
	return nil
}

// checkClient compares the answer that is kept with what the client got.
func (s *scene) checkClient(d Detail, got heard) error {
	sent := maps.Clone(d.Answer.Header)
	for _, name := range []string{"Connection", "Transfer-Encoding"} { // net/http's own
		delete(sent, name)
		delete(got.header, name)
	}
	// net/http's client takes it.
	delete(sent, "Trailer")
	delete(got.header, "Trailer")
	switch {
	case !reflect.DeepEqual(sent, got.header):
		return fmt.Errorf("the client's header is kept as %q, and was %q", sent, got.header)
	case !bytes.HasPrefix(got.body, d.Answer.Body) && got.err == nil:
		return fmt.Errorf("the client got other %d bytes than the %d that are kept", len(got.body), len(d.Answer.Body))
	case d.Answer.Whole && (got.err != nil || len(d.Answer.Body) != len(got.body)):
		return fmt.Errorf("%d bytes are kept as all that the client got, which is %d (%v)", len(d.Answer.Body), len(got.body), got.err)
	case got.err == nil && d.Answer.Size != int64(len(got.body)):
		return fmt.Errorf("the client got %d bytes, and not %d", len(got.body), d.Answer.Size)
	case len(got.trailer) > 0 != (len(d.Answer.Trailer) > 0) && got.err == nil:
		return fmt.Errorf("the client's trailer is kept as %q, and was %q", d.Answer.Trailer, got.trailer)
	}
	return nil
}

// D1, D2: what is kept of a request is what was sent, also when a backend dies or
// the client leaves, and stays so whatever comes after it; all bodies are kept while
// somebody looks, those of failures always.
func TestWhatIsKeptIsWhatWasSent(t *testing.T) {
	for _, looks := range []bool{false, true} {
		t.Run(fmt.Sprintf("somebody looks %t", looks), func(t *testing.T) {
			st := newStage(t, true)
			if looks {
				defer st.g.Look()()
			}
			var checks []func() error // of the last ones, all over again
			rapid.Check(t, func(t *rapid.T) {
				s := scenes.Draw(t, "scene")
				d, got, err := st.send(s)
				if err != nil {
					t.Fatal(err)
				}
				id := d.ID
				checks = append(checks[max(0, len(checks)-8):], func() error {
					d, ok := st.g.Detail(id)
					if !ok || d.Target != "/a?b" || d.Host != "localhost" || d.Method != s.Method {
						return fmt.Errorf("it is not kept: %v, %+v", ok, d)
					}
					return s.check(d, got, looks)
				})
				for i, check := range checks {
					if err := check(); err != nil {
						t.Fatalf("%d requests before: %v", len(checks)-1-i, err)
					}
				}
			})
			eventually(t, "all that was held is given back", func() bool { return st.g.recorder.allowance.Used() == 0 })
		})
	}
}
