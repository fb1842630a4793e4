package dashboard

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// reader reads an event stream.
type reader struct {
	t    *testing.T
	body *bufio.Reader
	end  func()
}

func follow(t *testing.T, s *Server, query string, headers ...string) *reader {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL()+"/stream?"+query, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	got, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { got.Body.Close() })
	if kind := got.Header.Get("Content-Type"); got.StatusCode != 200 || kind != "text/event-stream" {
		t.Fatalf("%s, %q", got.Status, kind)
	}
	isGuarded(t, got.Header)
	return &reader{t, bufio.NewReader(got.Body), func() { got.Body.Close() }}
}

// next is the next event: its name, its id and its data.
func (r *reader) next() (name, id, data string) {
	r.t.Helper()
	for {
		line, err := r.body.ReadString('\n')
		if err != nil {
			r.t.Fatalf("the stream ends: %v", err)
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "event":
			name = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			return name, id, data
		}
	}
}

// until reads to an event of a name whose data has a text.
func (r *reader) until(name, text string) (id, data string) {
	r.t.Helper()
	for {
		if got, id, data := r.next(); got == name && strings.Contains(data, text) {
			return id, data
		}
	}
}

// eventually waits for another goroutine.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func (p *fakeProject) looked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.looks
}

// What happens is sent as it happens, over one stream.
func TestAPageHearsWhatHappens(t *testing.T) {
	p := newFake()
	s := opened(t, p)
	r := follow(t, s, "topic=status&topic=lines&topic=requests")
	if name, _, run := r.next(); name != "run" || len(run) < 10 {
		t.Errorf("first comes %s %s", name, run)
	}
	if p.looked() != 1 {
		t.Errorf("%d look", p.looked())
	}
	seen := map[string]string{}
	for len(seen) < 3 {
		name, _, data := r.next()
		seen[name] = data
	}
	var lines []line
	if err := json.Unmarshal([]byte(seen["lines"]), &lines); err != nil || len(lines) != 3 || lines[0] != (line{1, at.UnixMilli(), "api", "stdout", "\x1b[32mlistens\x1b[0m", false}) {
		t.Errorf("%+v, %v", lines, err)
	}
	var requests []control.Exchange
	if err := json.Unmarshal([]byte(seen["requests"]), &requests); err != nil || len(requests) != 3 || requests[0].HeldMS != 2 {
		t.Errorf("%+v, %v", requests, err)
	}
	p.change(func() {
		p.lines = append(p.lines, logmux.Line{At: at, Service: "api", Text: "new line\nwith an end", Number: 4})
	})
	if id, data := r.until("lines", "new line"); id != "4" || strings.Contains(data, "listens") {
		t.Errorf("%s %s", id, data)
	}
	p.change(func() { p.status.State++ })
	r.until("status", `"state":"exited"`)
}

// Who comes back to the same devgate gets what it has missed; to another one, all.
func TestAPageGoesOnWhereItWas(t *testing.T) {
	s := opened(t, newFake())
	_, _, quotedRun := follow(t, s, "topic=status").next()
	run := strings.Trim(quotedRun, `"`)
	for _, c := range []struct {
		query, header string
		want          uint64 // first line
	}{
		{"&run=" + run + "&after=2", "", 3}, {"&run=" + run, "Last-Event-ID: 1", 2}, {"&run=" + run + "&after=1", "Last-Event-ID: 2", 3},
		{"&run=other&after=2", "", 1}, {"&after=2", "", 1}, {"", "Last-Event-ID: 2", 1},
	} {
		var headers []string
		if c.header != "" {
			headers = append(headers, c.header)
		}
		_, data := follow(t, s, "topic=lines"+c.query, headers...).until("lines", "")
		var lines []line
		if json.Unmarshal([]byte(data), &lines); len(lines) == 0 || lines[0].Number != c.want {
			t.Errorf("%s %s: %+v", c.query, c.header, lines)
		}
	}
}

// A reader that has gone is let go, and the project is looked at no longer.
func TestAReaderThatLeavesIsForgotten(t *testing.T) {
	p := newFake()
	s := opened(t, p)
	for range 5 {
		r := follow(t, s, "topic=status&topic=lines&topic=requests")
		r.next()
		r.end()
	}
	eventually(t, "a stream goes on", func() bool {
		s.looks.mu.Lock()
		defer s.looks.mu.Unlock()
		return s.looks.open == 0
	})
	if p.looked() != 1 {
		t.Errorf("%d look: from one page to the next it goes on", p.looked())
	}
	s.Close()
	if p.looked() != 0 {
		t.Errorf("%d look after the end", p.looked())
	}
}

// Stop means stopped: streams that are open end with Close, which leaves the port.
func TestCloseEndsStreams(t *testing.T) {
	p := newFake()
	s := opened(t, p)
	var all []*reader
	for range 20 {
		r := follow(t, s, "topic=status&topic=lines&topic=requests")
		r.next()
		all = append(all, r)
	}
	stuck, err := net.Dial("tcp", strings.TrimPrefix(strings.Replace(s.URL(), "localhost", "127.0.0.1", 1), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stuck.Close()
	fmt.Fprint(stuck, "GET / HTTP/1.1\r\nHost: loc") // and never the rest
	s.Close()
	s.Close()
	for _, r := range all {
		if _, err := io.Copy(io.Discard, r.body); err != nil && !strings.Contains(err.Error(), "EOF") && !strings.Contains(err.Error(), "reset") {
			t.Errorf("got %v", err)
		}
	}
	if p.looked() != 0 {
		t.Error("the project is still looked at")
	}
	if _, err := http.Get(s.URL()); err == nil {
		t.Error("the port still answers")
	}
}

// floodWriter takes nothing, as a reader does that is stopped, until its deadline.
type floodWriter struct {
	header   http.Header
	deadline time.Time
	wrote    int
}

func (w *floodWriter) Header() http.Header                { return w.header }
func (w *floodWriter) WriteHeader(int)                    {}
func (w *floodWriter) SetWriteDeadline(t time.Time) error { w.deadline = t; return nil }
func (w *floodWriter) FlushError() error                  { return nil }
func (w *floodWriter) Write(p []byte) (int, error) {
	if w.wrote += len(p); w.wrote > 1<<16 {
		time.Sleep(time.Until(w.deadline)) // in the bubble of a test
		return 0, net.ErrClosed
	}
	return len(p), nil
}

// A reader that takes nothing is let go after a while, and costs no more than a
// bounded memory until then.
func TestASlowReaderIsBounded(t *testing.T) {
	p := newFake()
	s := newSite(p)
	synctest.Test(t, func(t *testing.T) {
		p.changed = make(chan struct{}) // of this bubble
		defer s.looks.close()
		ended := make(chan struct{})
		began := time.Now()
		go func() {
			defer close(ended)
			s.stream(&floodWriter{header: http.Header{}}, sent(t, "GET", "/stream?topic=requests", "localhost").WithContext(t.Context()))
		}()
		id, over := uint64(3), false
		for !over {
			p.change(func() {
				p.kept = nil
				for range 100 {
					id++
					p.kept = append(p.kept, control.Detail{Exchange: control.Exchange{ID: id, Path: "/" + strings.Repeat("x", 100)}})
				}
			})
			time.Sleep(10 * time.Millisecond)
			select {
			case <-ended:
				over = true
			default:
			}
		}
		if took := time.Since(began); took > 2*sendPatience {
			t.Errorf("it is let go after %s", took)
		}
	})
}

// latest keeps the newest, and as many as the gateway remembers.
func TestLatest(t *testing.T) {
	var l latest
	for id := range uint64(3 * latestMax) {
		l.add([]control.Exchange{{ID: id}})
	}
	batch := l.take()
	if len(batch) != latestMax || batch[0].ID != 2*latestMax || cap(batch) > 4*latestMax || l.take() != nil {
		t.Errorf("%d from %d", len(batch), batch[0].ID)
	}
}

// From one page to the next the project goes on being looked at; a while after the
// last it does not.
func TestWhoLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newFake()
		l := newLooks(p.Look)
		is := func(want int) {
			t.Helper()
			synctest.Wait()
			if got := p.looked(); got != want {
				t.Errorf("%d look, want %d", got, want)
			}
		}
		first, second := l.begin(), l.begin()
		is(1)
		first()
		second()
		time.Sleep(lookPause - 1)
		is(1)
		third := l.begin()
		time.Sleep(2 * lookPause)
		is(1)
		third()
		time.Sleep(lookPause)
		is(0)
		l.begin()()
		is(1)
		l.close()
		is(0)
		l.begin()()
		time.Sleep(2 * lookPause)
		is(0)
	})
}

// Nothing is made before the first request: the start of devgate would wait for it.
func TestAnUnusedDashboardIsAListener(t *testing.T) {
	p := newFake()
	before := runtime.NumGoroutine()
	s := opened(t, p)
	if n := runtime.NumGoroutine() - before; n > 2 {
		t.Errorf("%d goroutines", n)
	}
	s.Close()
	if len(p.asked) > 0 || p.looked() != 0 {
		t.Errorf("asked %q", p.asked)
	}
}

// All lines, as text; of the services that were chosen.
func TestDownloadLogs(t *testing.T) {
	s := newSite(newFake())
	w := get(t, s, "/logs.txt?service=work")
	if got := w.Body.String(); !strings.HasSuffix(got, " work | <script>alert(\"1\")</script>\n") || strings.Count(got, "\n") != 1 {
		t.Errorf("%q", got)
	}
	if w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("Content-Disposition") != "attachment; filename=devgate.log" {
		t.Errorf("%v", w.Header())
	}
	if w := get(t, s, "/logs.txt"); strings.Count(w.Body.String(), "\n") != 3 || strings.Contains(w.Body.String(), "\x1b") {
		t.Errorf("%q", w.Body)
	}
}
