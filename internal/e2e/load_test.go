//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// workers is how many requests are under way at any moment of a load.
const workers = 8

// load sends requests until it is stopped, each worker one after the other:
// to every target a short GET, a slow GET and a POST with a body in turn.
type load struct {
	*project
	targets  []string // roles that must answer
	sent     atomic.Int64
	stopping chan struct{}
	running  sync.WaitGroup

	mu       sync.Mutex
	failures []failure
	answered map[string]bool // the ids of POST requests that were answered 200
}

// failure is a request that did not get its answer.
type failure struct {
	text   string
	status int // 0: none at all
}

// startLoad begins a load; stop ends it.
func (p *project) startLoad(targets ...string) *load {
	l := &load{project: p, targets: targets, stopping: make(chan struct{}), answered: map[string]bool{}}
	for n := range workers {
		l.running.Go(func() { l.work(n) })
	}
	return l
}

// stop ends the load once every request under way has its answer.
func (l *load) stop() []failure {
	close(l.stopping)
	l.running.Wait()
	return l.failures
}

func (l *load) work(n int) {
	client := newClient()
	defer client.CloseIdleConnections()
	for i := n; ; i++ {
		select {
		case <-l.stopping:
			return
		case <-l.t.Context().Done():
			return
		default:
		}
		l.one(client, l.targets[i%len(l.targets)], i, fmt.Sprintf("%d-%d", n, i))
	}
}

// one sends a request and notes what is wrong with its answer.
func (l *load) one(client *http.Client, target string, i int, id string) {
	r := request{method: "GET", path: "/" + target, header: headers("X-Request-Id", id)}
	switch i / len(l.targets) % 3 {
	case 1:
		r.path += "/slow"
	case 2:
		r.method, r.path, r.body, r.chunked = "POST", "/echo/"+target, document(1<<10+i%7*30_000), i%2 == 0
		r.header.Set("Content-Type", "application/json")
	}
	ctx, cancel := context.WithTimeout(l.t.Context(), 3*patience) // of a request, however long the load lasts
	defer cancel()
	got, err := l.send(ctx, client, r)
	l.sent.Add(1)
	l.note(r, id, got, wrong(r, target, got, err))
}

// wrong says what is wrong with an answer, or "".
func wrong(r request, target string, got answer, err error) string {
	var s said
	switch {
	case err != nil:
		return err.Error()
	case got.status != 200:
		return fmt.Sprintf("%d, tried %q: %.300s", got.status, got.header.Get("X-Devgate-Tried"), got.body)
	case json.Unmarshal(got.body, &s) != nil || s.Role != target:
		return fmt.Sprintf("answered by another: %.300s", got.body)
	case r.method == "POST" && (s.Bytes != len(r.body) || s.SHA256 != sum(r.body)):
		return fmt.Sprintf("the body of %d bytes is not whole: %.300s", len(r.body), got.body)
	}
	return ""
}

func (l *load) note(r request, id string, got answer, wrong string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case wrong != "":
		l.failures = append(l.failures, failure{r.method + " " + r.path + ": " + wrong, got.status})
	case r.method == "POST":
		l.answered[id] = true
	}
}

// awaitMore waits until that many more requests have ended.
func (l *load) awaitMore(n int64) {
	l.t.Helper()
	goal := l.sent.Load() + n
	eventually(l.t, "the load stands still", func() bool { return l.sent.Load() >= goal })
}

// none fails the test for every failure.
func none(t *testing.T, failures []failure) {
	t.Helper()
	for _, f := range failures[:min(len(failures), 20)] {
		t.Error(f.text)
	}
	if len(failures) > 20 {
		t.Errorf("… and %d more", len(failures)-20)
	}
}

// sentOnce checks the ids that servers have noted: none twice, and none that
// was answered is missing (G3).
func (l *load) sentOnce(noted string) {
	l.t.Helper()
	ids := strings.Fields(noted)
	slices.Sort(ids)
	for i := 1; i < len(ids); i++ {
		if ids[i] == ids[i-1] {
			l.t.Errorf("the POST %s was sent twice", ids[i])
		}
	}
	for id := range l.answered {
		if _, found := slices.BinarySearch(ids, id); !found {
			l.t.Errorf("the POST %s was answered by nobody", id)
		}
	}
}
