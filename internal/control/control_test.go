package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

	block bool // Logs waits for the end of its context after the lines
}

func (f *fakeActions) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf(format, args...))
}

func (f *fakeActions) Status() Status {
	port := 4001
	return Status{Name: "shop", URL: "http://localhost:3000", PID: 7, State: event.Ready,
		Services: []Service{{Name: "api", Kind: "backend", State: event.Backoff, Port: &port}}}
}

func (f *fakeActions) Do(_ context.Context, verb Verb, names []string, wait bool) error {
	f.note("%s %v %v", verb, names, wait)
	return f.err
}

func (f *fakeActions) Logs(ctx context.Context, q LogQuery, emit func(logmux.Line) error) error {
	f.note("logs %v %d %s %q %v", q.Services, q.Tail, q.Since, q.Grep, q.Follow)
	for _, l := range f.lines {
		if err := emit(l); err != nil {
			return err
		}
	}
	if f.block {
		<-ctx.Done()
	}
	return f.err
}

func (f *fakeActions) Attach(name string, size Size) (Terminal, error) {
	f.note("attach %s %dx%d", name, size.Columns, size.Rows)
	return f.terminal, f.err
}

// answered has a value in every field.
var answered = Exchange{
	At: time.Date(2026, 1, 2, 15, 4, 5, 6, time.UTC), Method: "GET", Path: "/a?b=<c>", Status: 200, Backend: "web", Learned: true, MS: 1.25,
	Attempts: []Attempt{{Backend: "web", Status: 200, MS: 1.2, Note: "held"}},
}

func (f *fakeActions) Explain(_ context.Context, q Question) (Exchange, error) {
	f.note("explain %s %s %v %s", q.Method, q.Target, q.Header, q.Body)
	return answered, f.err
}

func (f *fakeActions) Requests(ctx context.Context, follow bool, emit func(Exchange) error) error {
	f.note("requests %v", follow)
	for _, status := range []int{200, 404} {
		if err := emit(Exchange{Status: status}); err != nil {
			return err
		}
	}
	if follow {
		<-ctx.Done()
	}
	return nil
}

func (f *fakeActions) Down() { f.note("down") }

// running is a project with a devgate that answers as f says.
func running(t *testing.T, f *fakeActions) (root string, client *Client, server *Server) {
	t.Helper()
	root = t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	lock, err := Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	server, err = Open(SocketPath(root), f)
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
	f := &fakeActions{}
	_, client, _ := running(t, f)
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
	if want := []string{"restart [api web] true", "stop [api] false", "down"}; !slices.Equal(f.asked, want) {
		t.Errorf("asked %q, want %q", f.asked, want)
	}
}

func TestARefusalArrivesWithItsWords(t *testing.T) {
	f := &fakeActions{err: fmt.Errorf("%w \"apy\"", ErrUnknown)}
	_, client, _ := running(t, f)
	if err := client.Do(t.Context(), Start, []string{"apy"}, false); err == nil || err.Error() != `unknown service "apy"` {
		t.Errorf("got %v", err)
	}
	f.err = errors.New("api failed: exit status 3")
	if err := client.Do(t.Context(), Restart, []string{"api"}, true); err == nil || err.Error() != f.err.Error() {
		t.Errorf("got %v", err)
	}
	if err := client.Do(t.Context(), "explode", nil, false); err == nil {
		t.Error("an unknown verb was accepted")
	}
}

func TestLogsArriveLineByLineAndEndWithTheReader(t *testing.T) {
	at := time.Now().Truncate(time.Millisecond)
	f := &fakeActions{block: true, lines: []logmux.Line{{At: at, Service: "api", Stream: "stdout", Text: "one <b>", Styled: "one \x1b[1m<b>\x1b[0m"}, {At: at, Service: "web", Stream: "stderr", Text: "two"}}}
	_, client, _ := running(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	var got []logmux.Line
	err := client.Logs(ctx, LogQuery{Services: []string{"api", "web"}, Tail: 5, Since: time.Minute, Grep: "o|w", Follow: true}, func(l logmux.Line) error {
		if got = append(got, l); len(got) == 2 {
			cancel()
		}
		return nil
	})
	if ctx.Err() == nil || len(got) != 2 || got[0].Text != "one <b>" || got[0].Styled != "one \x1b[1m<b>\x1b[0m" || !got[1].At.Equal(at) {
		t.Errorf("got %v, %v", got, err)
	}
	if want := `logs [api web] 5 1m0s "o|w" true`; f.asked[0] != want {
		t.Errorf("asked %s, want %s", f.asked[0], want)
	}
}

func TestLogsPassOnAnErrorThatComesBehindLines(t *testing.T) {
	f := &fakeActions{err: errors.New("bad pattern"), lines: []logmux.Line{{Text: "one"}}}
	_, client, _ := running(t, f)
	seen := 0
	err := client.Logs(t.Context(), LogQuery{}, func(logmux.Line) error { seen++; return nil })
	if err == nil || err.Error() != "bad pattern" || seen != 1 {
		t.Errorf("got %v after %d lines", err, seen)
	}
}

func TestCloseEndsReadersThatFollow(t *testing.T) {
	f := &fakeActions{block: true, lines: []logmux.Line{{Text: "one"}}}
	_, client, server := running(t, f)
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

// slowActions take an hour for whatever they are asked to do.
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
			s.http.Handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/services/stop?name=api", nil))
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

// P9: mode 0600 in a per-user folder; a long project path does not break it.
func TestTheSocketIsPrivateAndItsPathShort(t *testing.T) {
	root, _, _ := running(t, &fakeActions{})
	info, err := os.Stat(SocketPath(root))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", info, err)
	}
	folder, _ := os.Stat(filepath.Dir(SocketPath(root)))
	if folder.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", folder.Mode())
	}
	long := "/" + strings.Repeat("long/", 500)
	for _, run := range []string{"", "relative", "/run/user/1000", "/" + strings.Repeat("x", 200)} {
		t.Setenv("XDG_RUNTIME_DIR", run)
		if path := SocketPath(long); len(path) > longestSocket || !filepath.IsAbs(path) {
			t.Errorf("XDG_RUNTIME_DIR=%q: %d bytes: %s", run, len(path), path)
		}
	}
	deep := filepath.Join(t.TempDir(), strings.Repeat("y", 200))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", deep)
	if path := SocketPath(long); len(path) > longestSocket {
		t.Errorf("TMPDIR too long: %s", path)
	}
}

// P9: su(1) and WSL promise folders that are somebody else's, or not there.
func TestAFolderThatTheEnvironmentOnlyPromisesIsNotUsed(t *testing.T) {
	temp := t.TempDir()
	file := filepath.Join(temp, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(temp, "missing")
	t.Setenv("TMPDIR", temp)
	for _, run := range []string{missing, file, "relative", "", notOurs(t)} {
		t.Setenv("XDG_RUNTIME_DIR", run)
		if path := SocketPath("/shop"); !strings.HasPrefix(path, temp+"/devgate-") {
			t.Errorf("XDG_RUNTIME_DIR=%q: %s", run, path)
		}
	}
	t.Setenv("XDG_RUNTIME_DIR", temp)
	if path := SocketPath("/shop"); !strings.HasPrefix(path, temp+"/devgate/") {
		t.Errorf("a folder of ours is not used: %s", path)
	}
	t.Setenv("XDG_RUNTIME_DIR", missing)
	for _, temp := range []string{missing, file} {
		t.Setenv("TMPDIR", temp)
		if path := SocketPath("/shop"); !strings.HasPrefix(path, "/tmp/devgate-") {
			t.Errorf("TMPDIR=%q: %s", temp, path)
		}
	}
	server, err := Open(SocketPath(missing), &fakeActions{})
	if err != nil {
		t.Fatal(err)
	}
	server.Close()
}

// notOurs is a folder that belongs to another user.
func notOurs(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		return "/" // root's
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 1, 1); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestASocketFolderOfSomebodyElseIsRefused(t *testing.T) {
	open := filepath.Join(t.TempDir(), "devgate")
	if err := os.Mkdir(open, 0o777); err != nil {
		t.Fatal(err)
	}
	os.Chmod(open, 0o777)
	_, err := Open(filepath.Join(open, "x.sock"), &fakeActions{})
	if err == nil || !strings.Contains(err.Error(), "mode 0700") {
		t.Errorf("got %v", err)
	}
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
