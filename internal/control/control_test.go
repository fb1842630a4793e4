package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
	"devgate/internal/logmux"
)

// fakeActions is an Actions that notes what it was asked.
type fakeActions struct {
	mu    sync.Mutex
	asked []string
	err   error
	lines []logmux.Line

	terminal Terminal

	block  bool // Logs waits for the end of its context after the lines
	broken bool // Logs panics after the lines
}

func (d *fakeActions) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, fmt.Sprintf(format, args...))
}

func (d *fakeActions) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asked)
}

func (d *fakeActions) Status() Status {
	port := 4001
	return Status{Name: "shop", URL: "http://localhost:3000", PID: 7, State: event.Ready,
		Services: []Service{{Name: "api", Kind: "backend", State: event.Backoff, Port: &port}}}
}

func (d *fakeActions) Changes(ctx context.Context) iter.Seq[Status] {
	d.note("changes")
	return func(yield func(Status) bool) {
		s := d.Status()
		for yield(s) && ctx.Err() == nil {
			s.PID++
		}
	}
}

func (d *fakeActions) Detail(id uint64, secrets bool) (Detail, error) {
	d.note("detail %d %v", id, secrets)
	return looked, d.err
}

func (d *fakeActions) Replay(_ context.Context, id uint64, backend string) (Explanation, error) {
	d.note("replay %d %q", id, backend)
	return explained, d.err
}

func (d *fakeActions) Look() func() {
	d.note("look")
	return func() { d.note("looked") }
}

func (d *fakeActions) Wait(ctx context.Context, names []string, limit time.Duration) (Readiness, error) {
	d.note("wait %v %s", names, limit)
	if d.block {
		<-ctx.Done()
		return Readiness{}, context.Cause(ctx)
	}
	return Readiness{Missing: []string{"api"}, Status: d.Status()}, d.err
}

func (d *fakeActions) Do(_ context.Context, verb Verb, names []string, wait bool) error {
	d.note("%s %v %v", verb, names, wait)
	return d.err
}

func (d *fakeActions) Logs(ctx context.Context, q LogQuery) (iter.Seq[[]logmux.Line], error) {
	d.note("logs %v %d %s %q %v", q.Services, q.Tail, q.Since, q.Grep, q.Follow)
	return func(yield func([]logmux.Line) bool) {
		if len(d.lines) > 0 && !yield(d.lines) {
			return
		}
		if d.block {
			<-ctx.Done()
		}
		if d.broken {
			panic("index out of range")
		}
	}, d.err
}

func (d *fakeActions) Attach(name string, size Size) (Terminal, error) {
	d.note("attach %s %dx%d", name, size.Columns, size.Rows)
	return d.terminal, d.err
}

// answered has a value in every field.
var answered = Exchange{
	ID: 7, At: time.Date(2026, 1, 2, 15, 4, 5, 6, time.UTC), Method: "GET", Path: "/a?b=<c>", Status: 200, Backend: "web", Learned: true, MS: 1.25,
	HeldMS: 1, ReplayOf: 3,
	Attempts: []Attempt{{Backend: "web", Status: 200, MS: 1.2, Note: "held"}},
}

// explained has a value in every field.
var explained = Explanation{
	Exchange: answered, Conclusion: "no backend has this route",
	Near:        []NearMiss{{Method: "GET", Path: "/a/", Backend: "api", Status: 204, Difference: "trailing slash"}},
	Logs:        []logmux.Line{{At: answered.At.Truncate(time.Millisecond), Service: "api", Stream: "stdout", Text: "GET /a"}},
	LogsOmitted: 3,
}

// looked has a value in every field.
var looked = Detail{
	Exchange: answered, Host: "shop.test",
	Request: Message{Header: http.Header{"Accept": {"a", "b"}}, Trailer: http.Header{"X-Sum": {"1"}}, Body: []byte("\x00<"), Size: 2, Kept: true},
	Answer:  Message{Header: http.Header{"Age": {"1"}}, Size: -1},
	Answers: []Message{{Header: http.Header{"Age": {"1"}}, Body: []byte("b"), Size: 70_000}},
}

func (d *fakeActions) Explain(_ context.Context, q Question) (Explanation, error) {
	d.note("explain %s %s %v %s", q.Method, q.Target, q.Header, q.Body)
	return explained, d.err
}

func (d *fakeActions) Requests(ctx context.Context, q RequestQuery) iter.Seq[[]Exchange] {
	d.note("requests %v", q.Follow)
	return func(yield func([]Exchange) bool) {
		if yield([]Exchange{{Status: 200}, {Status: 404}}) && q.Follow {
			<-ctx.Done()
		}
	}
}

func (d *fakeActions) Down() { d.note("down") }

// running is a project with a devgate that answers as d says.
func running(t *testing.T, d *fakeActions) (root string, client *Client, server *Server) {
	t.Helper()
	root = t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	lock, err := Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	server, err = Open(SocketPath(root), d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); lock.Release() })
	if err := lock.Write(Record{PID: os.Getpid(), Socket: SocketPath(root)}); err != nil {
		t.Fatal(err)
	}
	client, err = Dial(root)
	if err != nil {
		t.Fatal(err)
	}
	return root, client, server
}

func TestACommandReachesTheDevgateThatRuns(t *testing.T) {
	d := &fakeActions{}
	_, client, _ := running(t, d)
	status, err := client.Status(t.Context())
	if err != nil || status.Name != "shop" || status.Services[0].State != event.Backoff || *status.Services[0].Port != 4001 {
		t.Errorf("status %+v, %v", status, err)
	}
	if err := client.Do(t.Context(), Restart, []string{"api", "web"}, true); err != nil {
		t.Error(err)
	}
	if err := client.Do(t.Context(), Stop, []string{"api"}, false); err != nil {
		t.Error(err)
	}
	if err := client.Down(t.Context()); err != nil {
		t.Error(err)
	}
	if want := []string{"restart [api web] true", "stop [api] false", "down"}; !slices.Equal(d.asked, want) {
		t.Errorf("asked %q, want %q", d.asked, want)
	}
}

// A wait crosses with its names and its limit, and its answer with what is missing. It
// ends with its client, and with devgate.
func TestAWaitCrossesTheSocket(t *testing.T) {
	d := &fakeActions{}
	_, client, server := running(t, d)
	answer, err := client.Wait(t.Context(), []string{"api", "web"}, 90*time.Second, true)
	if err != nil || answer.Ready || !slices.Equal(answer.Missing, []string{"api"}) || answer.Status.Name != "shop" {
		t.Errorf("answer %+v, %v", answer, err)
	}
	client.Wait(t.Context(), nil, 0, false)
	client.Wait(t.Context(), nil, time.Minute, false)
	client.Wait(t.Context(), nil, 0, true)
	if want := []string{"wait [api web] 1m29.75s", "wait [] 0s", "wait [] 1m0s", "wait [] 0s"}; !slices.Equal(d.asked, want) {
		t.Errorf("asked %q, want %q", d.asked, want)
	}
	d.block = true
	left, leave := context.WithCancelCause(t.Context())
	why := errors.New("left")
	leave(why)
	if _, err := client.Wait(left, nil, 0, false); err != why {
		t.Errorf("its client leaves: %v", err)
	}
	ended := make(chan error)
	go func() { _, err := client.Wait(t.Context(), nil, 0, false); ended <- err }()
	for len(d.all()) < 5 {
		runtime.Gosched()
	}
	server.Close()
	var got *Error
	if err := <-ended; !errors.As(err, &got) || got.Kind != Stopping {
		t.Errorf("devgate stops: %v", err)
	}
}

// What was saved gets its time to be noticed, and not when nobody waits for it any more.
func TestASaveGetsTheTimeToBeNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if notice(t.Context()); time.Since(began) != noticing {
			t.Errorf("it got %s", time.Since(began))
		}
		left, leave := context.WithTimeout(t.Context(), noticing/2)
		defer leave()
		began = time.Now()
		if notice(left); time.Since(began) != noticing/2 {
			t.Errorf("after %s nobody waited any more, and it was noticed until %s", noticing/2, time.Since(began))
		}
	})
}

// A devgate that is only about to begin is waited for; one that never does, or does
// not get as far as its socket, is told as such.
func TestAwaitIsForADevgateThatIsAboutToBegin(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	root := t.TempDir()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Await(over, root); err != ErrNotRunning {
		t.Errorf("none: %v", err)
	}
	found := make(chan error)
	go func() { _, err := Await(t.Context(), root); found <- err }()
	lock, err := Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	var got *Error
	if _, err := Await(over, root); !errors.As(err, &got) || got.Kind != Refused || !strings.Contains(got.Text, "just starting") {
		t.Errorf("one without a socket: %v", err)
	}
	if err := lock.Write(Record{Socket: SocketPath(root)}); err != nil {
		t.Fatal(err)
	}
	if err := <-found; err != nil {
		t.Errorf("one that has begun meanwhile: %v", err)
	}
}

// A refusal crosses the socket whole: for programs its kind, for people the rest.
func TestARefusalArrivesWithKindTextAndHint(t *testing.T) {
	d := &fakeActions{}
	_, client, _ := running(t, d)
	asks := map[string]func() error{
		"do":      func() error { return client.Do(t.Context(), Start, []string{"apy"}, false) },
		"logs":    func() error { return client.Logs(t.Context(), LogQuery{}, func(logmux.Line) error { return nil }) },
		"explain": func() error { _, err := client.Explain(t.Context(), Question{}); return err },
		"wait":    func() error { _, err := client.Wait(t.Context(), []string{"apy"}, 0, false); return err },
		"attach":  func() error { _, err := client.Attach(t.Context(), "apy", Size{}); return err },
	}
	for _, kind := range []Kind{Unknown, Invalid, Refused, Failed, Stopping, Broken} {
		d.err = fmt.Errorf("wrapped: %w", &Error{kind, "no service \"apy\"", "there are api, web"})
		for name, ask := range asks {
			var got *Error
			if err := ask(); !errors.As(err, &got) || *got != (Error{kind, "no service \"apy\"", "there are api, web"}) {
				t.Errorf("%s, %s: got %#v", name, kind, err)
			}
		}
	}
	d.err = errors.New("api failed: exit status 3\n  hint: see its log")
	var got *Error
	if err := asks["do"](); !errors.As(err, &got) || *got != (Error{Failed, "api failed: exit status 3", "see its log"}) || err.Error() != d.err.Error() {
		t.Errorf("an error without a kind: got %#v", err)
	}
}

// What is wrong in a question is said, and nothing of it is skipped.
func TestAWrongQuestionIsInvalid(t *testing.T) {
	d := &fakeActions{}
	_, client, _ := running(t, d)
	for _, c := range []struct{ method, path, query, want string }{
		{"GET", "/logs", "tail=ten", "tail=ten: want a whole number"},
		{"GET", "/logs", "since=30", "since=30: want a duration, such as 30s"},
		{"GET", "/logs", "since=-5s", "since=-5s: want a duration, such as 30s"},
		{"GET", "/logs", "follow=yes", "follow=yes: want true or false"},
		{"GET", "/logs", "tial=3", "unknown parameter \"tial\" (there are name, tail, since, grep, newest, follow)"},
		{"GET", "/requests", "tail=3", "unknown parameter \"tail\" (there are follow)"},
		{"GET", "/wait", "timeout=60", "timeout=60: want a duration, such as 30s"},
		{"GET", "/wait", "wait=true", "unknown parameter \"wait\" (there are name, timeout, saved)"},
		{"GET", "/status", "name=api", "unknown parameter \"name\" (there are follow)"},
		{"GET", "/requests/1", "follow", "unknown parameter \"follow\" (there are secrets)"},
		{"GET", "/requests/1", "secrets=perhaps", "secrets=perhaps: want true or false"},
		{"GET", "/requests/x", "", "request \"x\": want the number of one (devgate requests lists them)"},
		{"GET", "/requests/-1", "", "request \"-1\": want the number of one (devgate requests lists them)"},
		{"POST", "/requests/1e3/replay", "", "request \"1e3\": want the number of one (devgate requests lists them)"},
		{"POST", "/requests/1/replay", "to=api", "unknown parameter \"to\" (there are backend)"},
		{"GET", "/attach/api", "columns=-1", "columns=-1: want a number from 0 to 65535"},
		{"POST", "/services/explode", "name=api", "unknown verb \"explode\": want start, stop or restart"},
		{"POST", "/services/stop", "", "name: want the service that is to stop"},
	} {
		query, _ := url.ParseQuery(c.query)
		_, err := client.call(t.Context(), c.method, c.path, query)
		var got *Error
		if !errors.As(err, &got) || got.Kind != Invalid || err.Error() != c.want {
			t.Errorf("%s %s?%s: got %v", c.method, c.path, c.query, err)
		}
	}
	if len(d.asked) > 0 {
		t.Errorf("asked %q all the same", d.asked)
	}
}

// One convention: zero is all, and a question without parameters is a good one.
func TestAQuestionWithoutParametersMeansAll(t *testing.T) {
	d := &fakeActions{lines: []logmux.Line{{Text: "one"}}}
	_, client, _ := running(t, d)
	for query, want := range map[string]string{
		"":                                 `logs [] 0 0s "" false`,
		"tail=&since=&grep=&follow=false":  `logs [] 0 0s "" false`,
		"follow":                           `logs [] 0 0s "" true`,
		"follow=1&tail=-1&since=1m&grep=x": `logs [] -1 1m0s "x" true`,
	} {
		values, _ := url.ParseQuery(query)
		body, err := client.call(t.Context(), http.MethodGet, "/logs", values)
		if err != nil {
			t.Fatal(err)
		}
		body.Close()
		if got := d.asked[len(d.asked)-1]; got != want {
			t.Errorf("%q: asked %s, want %s", query, got, want)
		}
	}
	for _, q := range []LogQuery{{}, {Services: []string{"api", "web"}, Tail: 5, Since: time.Minute, Grep: "o|&=", Follow: true}, {Tail: -1}} {
		if got, err := readLogQuery(q.values()); err != nil || !reflect.DeepEqual(got, q) {
			t.Errorf("%+v becomes %+v, %v", q, got, err)
		}
	}
}

func TestLogsArriveLineByLineAndEndWithTheReader(t *testing.T) {
	at := time.Now().Round(time.Millisecond)
	d := &fakeActions{block: true, lines: []logmux.Line{
		{At: at, Service: "api", Stream: "stdout", Text: "one <b>", Styled: "one <b>"},
		{At: at, Service: "web", Stream: "stderr", Text: "two", Styled: "\x1b[31mtwo\x1b[0m", Continued: true},
	}}
	_, client, _ := running(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	var got []logmux.Line
	err := client.Logs(ctx, LogQuery{Follow: true}, func(l logmux.Line) error {
		l.At = l.At.Local()
		if got = append(got, l); len(got) == 2 {
			cancel()
		}
		return nil
	})
	if err != nil || !reflect.DeepEqual(got, d.lines) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// What has no colours is sent once.
func TestNothingIsSentTwice(t *testing.T) {
	d := &fakeActions{lines: []logmux.Line{{Service: "api", Stream: "stdout", Text: "plain", Styled: "plain"}, {Service: "api", Stream: "stdout", Text: "red", Styled: "\x1b[31mred\x1b[0m"}}}
	_, client, _ := running(t, d)
	body, err := client.call(t.Context(), http.MethodGet, "/logs", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, _ := io.ReadAll(body)
	want := `{"at":"0001-01-01T00:00:00.000Z","service":"api","stream":"stdout","text":"plain"}
{"at":"0001-01-01T00:00:00.000Z","service":"api","stream":"stdout","text":"red","styled":"\u001b[31mred\u001b[0m"}
`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// flushes counts what a handler sends.
type flushes struct {
	*httptest.ResponseRecorder
	writes, flushes int
}

func (f *flushes) Write(p []byte) (int, error) { f.writes++; return f.ResponseRecorder.Write(p) }
func (f *flushes) FlushError() error           { f.flushes++; return nil }

// A batch of lines is one write and one flush, not one a line.
func TestLinesCrossInBatches(t *testing.T) {
	d := &fakeActions{lines: slices.Repeat([]logmux.Line{{Text: "x"}}, 1000)}
	f := &flushes{ResponseRecorder: httptest.NewRecorder()}
	if err := logs(d, f, httptest.NewRequest(http.MethodGet, "/v1/logs", nil)); err != nil {
		t.Fatal(err)
	}
	if f.writes != 1 || f.flushes != 2 { // the first says that it has begun
		t.Errorf("%d writes and %d flushes", f.writes, f.flushes)
	}
	if n := strings.Count(f.Body.String(), "\n"); n != 1000 {
		t.Errorf("%d lines", n)
	}
}

// A stream that breaks off says why, behind the lines that came.
func TestAFaultOfDevgateEndsAStreamAndNothingElse(t *testing.T) {
	d := &fakeActions{broken: true, lines: []logmux.Line{{Text: "one"}}}
	_, client, _ := running(t, d)
	seen := 0
	err := client.Logs(t.Context(), LogQuery{}, func(logmux.Line) error { seen++; return nil })
	var got *Error
	if !errors.As(err, &got) || got.Kind != Broken || !strings.HasPrefix(got.Text, "panic: index out of range\n\ngoroutine ") || seen != 1 {
		t.Errorf("got %v after %d lines", err, seen)
	}
	if _, err := client.Status(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsReadersThatFollow(t *testing.T) {
	d := &fakeActions{block: true, lines: []logmux.Line{{Text: "one"}}}
	_, client, server := running(t, d)
	first, ended := make(chan struct{}), make(chan error)
	go func() {
		ended <- client.Logs(t.Context(), LogQuery{Follow: true}, func(logmux.Line) error { close(first); return nil })
	}()
	<-first
	server.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// slowActions takes an hour for whatever it is asked to do.
type slowActions struct{ fakeActions }

func (d *slowActions) Do(context.Context, Verb, []string, bool) error {
	time.Sleep(time.Hour) // virtual
	d.note("done")
	return nil
}

// Stop means stopped: also a handler that takes its time to notice.
func TestCloseWaitsForEveryHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &slowActions{}
		s := newServer(d)
		close(s.ended) // nobody listens
		ask := func() {
			s.http.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/v1/services/stop?name=api", nil))
		}
		go ask()
		synctest.Wait()
		s.Close()
		if !slices.Equal(d.asked, []string{"done"}) {
			t.Error("Close did not wait")
		}
		ask()
		if len(d.asked) != 1 {
			t.Error("a handler begins after Close")
		}
	})
}

// C2: a second one learns of the first; a killed one never looks alive.
func TestTheLockTellsWhoRunsAndDoesNotOutliveItsHolder(t *testing.T) {
	root := t.TempDir()
	if _, running := Holder(root); running {
		t.Error("nobody runs, and it says so not")
	}
	lock, err := Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	lock.Write(Record{PID: 41200, URL: "http://localhost:3000"})
	var held *HeldError
	if _, err := Acquire(root); !errors.As(err, &held) || held.Record.URL != "http://localhost:3000" || err.Error() != "already running (pid 41200)" {
		t.Errorf("a second lock: %v", err)
	}
	if r, running := Holder(root); !running || r.PID != 41200 {
		t.Errorf("holder %+v, %v", r, running)
	}
	lock.file.Close() // what the kernel does for a killed process: the record stays
	if _, running := Holder(root); running {
		t.Error("a dead holder looks alive")
	}
	if _, err := Dial(root); !errors.Is(err, ErrNotRunning) {
		t.Errorf("dial: %v", err)
	}
	again, err := Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
	if _, err := os.Stat(filepath.Join(root, Folder, "run.json")); !os.IsNotExist(err) {
		t.Errorf("the record is left: %v", err)
	}
}

// P9: .devgate has its own .gitignore, which a user may change.
func TestTheFolderIgnoresItselfAndKeepsAUsersOwnGitignore(t *testing.T) {
	root := t.TempDir()
	ignore := filepath.Join(root, Folder, ".gitignore")
	for _, want := range []string{"*\n", "*.log\n"} {
		lock, err := Acquire(root)
		if err != nil {
			t.Fatal(err)
		}
		lock.Release()
		if got, _ := os.ReadFile(ignore); string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
		os.WriteFile(ignore, []byte("*.log\n"), 0o644)
	}
}

func TestAProjectThatCannotBeWrittenIsAClearError(t *testing.T) {
	root := filepath.Join(t.TempDir(), "file")
	os.WriteFile(root, nil, 0o644)
	if _, err := Acquire(root); err == nil || !strings.Contains(err.Error(), Folder) {
		t.Errorf("got %v", err)
	}
}
