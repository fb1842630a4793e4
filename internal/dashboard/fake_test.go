package dashboard

import (
	"context"
	"fmt"
	"iter"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
)

// fakeProject is a project in which nothing happens but what a test does.
type fakeProject struct {
	mu      sync.Mutex
	status  control.Status
	lines   []logmux.Line
	kept    []control.Detail
	err     error // of Do, Detail and Replay
	asked   []string
	looks   int           // that have begun and not ended
	changed chan struct{} // closed at the next change
}

// at is when everything in these tests has happened.
var at = time.Date(2026, 1, 2, 15, 4, 5, 678e6, time.UTC)

func newFake() *fakeProject {
	return &fakeProject{status: shop(), lines: printed(), kept: answered(), changed: make(chan struct{})}
}

// shop is a status with every kind of service and what can be said of one.
func shop() control.Status {
	started := at.Add(-90 * time.Second)
	signal := "KILL"
	exit := &control.Exit{Code: 137, Signal: &signal, At: at}
	return control.Status{Name: "shop", URL: "http://localhost:3000", State: event.Failed, Services: []control.Service{
		{Name: "api", Kind: "backend", State: event.Ready, Port: ptr(4001), URL: ptr("http://localhost:4001"), PID: ptr(77), Restarts: 1, Started: &started, Since: at,
			LastChange: &control.Moment{At: started, Text: "users.go"}, LastRestart: &control.Moment{At: at, Text: "users.go changed"}},
		{Name: "Web", Kind: "backend", State: event.Waiting, Port: ptr(4002), URL: ptr("http://localhost:4002"), WaitsFor: []string{"api", "work"}, Since: at},
		{Name: "work", Kind: "worker", State: event.Failed, Exit: exit, Restarts: 3, Reason: "killed by KILL, 3 times <b>in a row</b>", Since: at,
			LastFailure: &control.Moment{At: at, Text: "killed by KILL, 3 times <b>in a row</b>"}},
		{Name: "far", Kind: "remote", State: event.Ready, URL: ptr("https://example.test"), Since: at},
	}}
}

func ptr[T any](v T) *T { return &v }

func printed() []logmux.Line {
	return []logmux.Line{
		{At: at, Service: "api", Stream: "stdout", Text: "listens", Styled: "\x1b[32mlistens\x1b[0m", Number: 1},
		{At: at.Add(50 * time.Millisecond), Service: "work", Stream: "stderr", Text: `<script>alert("1")</script>`, Number: 2},
		{At: at.Add(time.Hour), Service: "devgate", Stream: "devgate", Text: "later", Number: 3},
	}
}

// answered are requests, the oldest first.
func answered() []control.Detail {
	return []control.Detail{
		{
			Exchange: control.Exchange{
				ID: 1, At: at, Method: "GET", Path: `/users?a=<b>"&c=1`, Status: 200, Backend: "api", MS: 5.3, HeldMS: 2,
				Attempts: []control.Attempt{{Backend: "Web", Status: 404, MS: 1.1, Note: "falls through"}, {Backend: "api", Status: 200, MS: 4.2}},
			},
			Host: "localhost:3000",
			Request: control.Message{
				Header: http.Header{"Accept": {"*/*"}, "Authorization": {"[redacted]"}, "X-Markup": {"<img src=x onerror=alert(1)>"}}, Kept: true,
			},
			Answer: control.Message{
				Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"users":["<i>Ada</i>"]}`), Size: 24, Kept: true,
			},
			Answers: []control.Message{
				{Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("nothing <here>"), Size: 14, Kept: true},
				{Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"users":["<i>Ada</i>"]}`), Size: 24, Kept: true},
			},
		},
		{
			Exchange: control.Exchange{ID: 2, At: at, Method: "POST", Path: "/orders", Status: 502, MS: 12000, Attempts: []control.Attempt{}},
			Host:     "localhost:3000",
			Request:  control.Message{Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("it's"), Size: 4, Kept: true},
			Answer:   control.Message{Size: -1},
		},
		{Exchange: control.Exchange{ID: 3, At: at, Method: "GET", Path: "/left", MS: 3, Attempts: []control.Attempt{{Backend: "api", Note: "refused; held 2s"}}}, Request: control.Message{Size: -1}, Answer: control.Message{Size: -1}},
	}
}

func (p *fakeProject) note(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, fmt.Sprintf(format, args...))
}

// change does something to the project, and tells who follows it.
func (p *fakeProject) change(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *fakeProject) Status() control.Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// following yields what look gives, and again after each change.
func following[T any](ctx context.Context, p *fakeProject, look func() (T, bool)) iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			p.mu.Lock()
			v, found := look()
			changed := p.changed
			p.mu.Unlock()
			if found && !yield(v) {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}
}

func (p *fakeProject) Changes(ctx context.Context) iter.Seq[control.Status] {
	return following(ctx, p, func() (control.Status, bool) { return p.status, true })
}

func (p *fakeProject) Do(_ context.Context, verb control.Verb, names []string, wait bool) error {
	p.note("%s %v %v", verb, names, wait)
	return p.err
}

func (p *fakeProject) Logs(ctx context.Context, q control.LogQuery) (iter.Seq[[]logmux.Line], error) {
	for _, name := range q.Services {
		if name == "nobody" {
			return nil, &control.Error{Kind: control.Unknown, Text: `no service "nobody"`}
		}
	}
	last := q.After
	look := func() (batch []logmux.Line, found bool) {
		for _, l := range p.lines {
			if l.Number > last && (len(q.Services) == 0 || slices.Contains(q.Services, l.Service)) {
				batch = append(batch, l)
				last = l.Number
			}
		}
		return batch, len(batch) > 0
	}
	if q.Follow {
		return following(ctx, p, look), nil
	}
	return func(yield func([]logmux.Line) bool) {
		p.mu.Lock()
		batch, _ := look()
		p.mu.Unlock()
		yield(batch)
	}, nil
}

func (p *fakeProject) Requests(ctx context.Context, q control.RequestQuery) iter.Seq[[]control.Exchange] {
	var last uint64
	look := func() (batch []control.Exchange, found bool) {
		for _, d := range p.kept {
			if d.ID > last {
				batch = append(batch, d.Exchange)
				last = d.ID
			}
		}
		return batch, len(batch) > 0
	}
	if q.Follow {
		return following(ctx, p, look)
	}
	return func(yield func([]control.Exchange) bool) {
		p.mu.Lock()
		batch, _ := look()
		p.mu.Unlock()
		yield(batch)
	}
}

func (p *fakeProject) Detail(id uint64, secrets bool) (control.Detail, error) {
	p.note("detail %d %v", id, secrets)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.kept {
		if d.ID == id {
			return d, p.err
		}
	}
	return control.Detail{}, &control.Error{Kind: control.Unknown, Text: "no request is kept"}
}

func (p *fakeProject) Replay(_ context.Context, id uint64, backend string) (control.Explanation, error) {
	p.note("replay %d %q", id, backend)
	return control.Explanation{Exchange: control.Exchange{ID: 9}}, p.err
}

func (p *fakeProject) Look() (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.looks++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.looks--
	}
}

// opened is a dashboard of a project, on a port of its own.
func opened(t *testing.T, p Project) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := Open(Options{Project: p, Listeners: []net.Listener{l}, Version: "1.2.3", Accepts: func(host string) bool { return host == "shop.tunnel.test" }})
	t.Cleanup(s.Close)
	return s
}

// newSite is what is behind the port, without one.
func newSite(p Project) *site {
	s := &site{project: p, url: "http://localhost:3001", version: "1.2.3", token: "the-token", run: "the-run", templates: parseTemplates(), looks: newLooks(p.Look)}
	s.access = access{accepts: func(host string) bool { return host == "shop.tunnel.test" }, token: s.token, isPage: isPage}
	s.mux = s.routes()
	return s
}
