package proxy

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// ladder is a cascade of two backends that refuse when they are let, and one
// that answers at once.
type ladder struct {
	*testGateway
	first, second, third *testBackend
	gate                 atomic.Pointer[chan struct{}] // nil: the refusals come at once
	answer               atomic.Int64                  // status of the first
}

func newLadder(t *testing.T, speculate bool) *ladder {
	l := &ladder{}
	l.answer.Store(404)
	refuse := func(status func() int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if gate := l.gate.Load(); gate != nil {
				select {
				case <-*gate:
				case <-r.Context().Done():
				}
			}
			w.WriteHeader(status())
		}
	}
	l.first = backend(t, "first", refuse(func() int { return int(l.answer.Load()) }))
	l.second = backend(t, "second", refuse(func() int { return 404 }))
	l.third = backend(t, "third", answers(200, "third"))
	l.testGateway = gateway(t, Config{Speculate: speculate}, l.first, l.second, l.third)
	l.worth = -1
	return l
}

// block makes refusals wait; the result lets them go.
func (l *ladder) block() (release func()) {
	gate := make(chan struct{})
	l.gate.Store(&gate)
	return func() {
		l.gate.Store(nil)
		close(gate)
	}
}

// G10: what has been answered by the third backend is asked of all three at
// once, and the answer waits for both refusals.
func TestSpeculation(t *testing.T) {
	l := newLadder(t, true)
	if got := l.get("/x"); got.header.Get("X-Devgate-Tried") != "first=404, second=404, third=200" {
		t.Fatalf("%+v", got)
	}
	release := l.block()
	done := make(chan answer, 1)
	go func() { done <- l.get("/x") }()
	eventually(t, "all are asked at once", func() bool {
		return len(l.first.requests()) == 2 && len(l.second.requests()) == 2 && len(l.third.requests()) == 2
	})
	select {
	case got := <-done:
		t.Fatalf("the answer did not wait: %+v", got)
	case <-time.After(20 * time.Millisecond):
	}
	release()
	got := <-done
	if got.body != "third" || got.header.Get("X-Devgate-Tried") != "first=404, second=404, third=200;learned" {
		t.Errorf("%+v", got)
	}
	eventually(t, "both are recorded", func() bool { return len(l.Requests()) == 2 })
	if e := l.Requests()[1]; !e.Learned || e.Cascade[2].Note != "asked ahead" || l.Requests()[0].Learned {
		t.Errorf("%+v", l.Requests())
	}
}

// G10: an earlier backend that answers after all is the client's, and what was
// sent ahead is broken off.
func TestSpeculationThatIsWrong(t *testing.T) {
	l := newLadder(t, true)
	l.get("/x")
	l.answer.Store(201)
	for range 2 {
		if got := l.get("/x"); got.status != 201 || got.header.Get("X-Devgate-Tried") != "first=201" {
			t.Errorf("%+v", got)
		}
	}
	if n := len(l.third.requests()); n > 2 {
		t.Errorf("the third was asked %d times: what is wrong is not forgotten", n)
	}
	eventually(t, "nothing is running", func() bool {
		return !slices.ContainsFunc(l.chain.Load().candidates, func(c *candidate) bool { return c.up.leases() > 0 })
	})
}

// G10: an answer that has become a refusal is forgotten, so that it is not
// asked for ahead a second time.
func TestSpeculationForgets(t *testing.T) {
	l := newLadder(t, true)
	status := 200
	l.third = backend(t, "third", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
	cfg := l.chain.Load().Config
	l.third.SPA = Off
	cfg.Backends = append(slices.Clone(cfg.Backends[:2]), l.third.Backend)
	if err := l.Reconfigure(cfg); err != nil {
		t.Fatal(err)
	}
	l.SetState("third", State{Phase: Ready})
	for _, s := range []struct {
		status  int
		learned bool
	}{{200, false}, {204, true}, {404, true}, {302, false}, {304, true}, {500, true}, {200, false}, {200, true}} {
		status = s.status
		tried := l.get("/x").header.Get("X-Devgate-Tried")
		eventually(t, "it has ended", func() bool { return l.Gateway.requests.count() == 0 })
		if strings.HasSuffix(tried, "learned") != s.learned && s.status != 404 {
			t.Errorf("%d: %s", s.status, tried)
		}
	}
}

// G10: everything that may change who answers ends what was learned, and a
// request that is not the very same is not taken for it.
func TestSpeculationEnds(t *testing.T) {
	for name, c := range map[string]struct {
		event  func(l *ladder)
		method string
		header []string
		ahead  bool
	}{
		"nothing happens":     {nil, "GET", nil, true},
		"noise differs":       {nil, "GET", []string{"Referer", "x", "If-None-Match", `"y"`, "Sec-Fetch-Site", "none", "Range", "bytes=0-1"}, true},
		"a restart":           {func(l *ladder) { l.SetState("second", State{Phase: Ready}) }, "GET", nil, false},
		"an interrupt":        {func(l *ladder) { l.Interrupt("first") }, "GET", nil, false},
		"a changed file":      {func(l *ladder) { l.Changed() }, "GET", nil, false},
		"a reload":            {func(l *ladder) { l.Reconfigure(l.chain.Load().Config) }, "GET", nil, false},
		"an unsafe request":   {func(l *ladder) { l.post("/y", "") }, "GET", nil, false},
		"a hard reload":       {nil, "GET", []string{"Cache-Control", "max-age=0, no-cache"}, false},
		"an old hard reload":  {nil, "GET", []string{"Pragma", "no-cache"}, false},
		"another method":      {nil, "HEAD", nil, false},
		"another user":        {nil, "GET", []string{"Cookie", "user=2"}, false},
		"another token":       {nil, "GET", []string{"Authorization", "Bearer 2"}, false},
		"another custom one":  {nil, "GET", []string{"X-Tenant", "2"}, false},
		"another host":        {nil, "GET", []string{"Host", "shop.localhost"}, false},
		"an unsafe one":       {nil, "POST", nil, false},
		"one that is waiting": {func(l *ladder) { l.SetState("second", State{Phase: Waiting}) }, "GET", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLadder(t, true)
			l.get("/x")
			if strings.Contains(name, "reload") {
				l.get("/x", c.header...) // two that are the very same
			}
			if c.event != nil {
				c.event(l)
			}
			before, asked := len(l.third.requests()), len(l.first.requests())
			release := l.block()
			done := make(chan answer, 1)
			go func() { done <- l.do(l.request(c.method, "/x", nil, c.header...)) }()
			eventually(t, "the first is asked", func() bool { return len(l.first.requests()) > asked })
			if c.ahead {
				eventually(t, "the third is asked ahead", func() bool { return len(l.third.requests()) > before })
			}
			release()
			l.SetState("second", State{Phase: Ready})
			got := <-done
			if learned := strings.HasSuffix(got.header.Get("X-Devgate-Tried"), ";learned"); got.status != 200 || learned != c.ahead {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("speculate = false", func(t *testing.T) {
		l := newLadder(t, false)
		l.get("/x")
		if got := l.get("/x"); strings.Contains(got.header.Get("X-Devgate-Tried"), "learned") {
			t.Errorf("%+v", got)
		}
	})
}

// G10: an unsafe request that is running keeps its surroundings from being
// learned: they may change until it ends.
func TestNothingIsLearnedBesideAnUnsafeRequest(t *testing.T) {
	release := make(chan struct{})
	slow := backend(t, "slow", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			<-release
			return
		}
		w.WriteHeader(404)
	})
	g := gateway(t, Config{Speculate: true}, slow, backend(t, "b", answers(200, "")))
	g.worth = -1
	done := make(chan answer)
	go func() { done <- g.post("/", "") }()
	eventually(t, "it runs", func() bool { return len(slow.requests()) == 1 })
	g.get("/x")
	close(release)
	<-done
	eventually(t, "it has ended", func() bool { return g.requests.count() == 0 })
	if got := g.get("/x"); got.header.Get("X-Devgate-Tried") != "slow=404, b=200" {
		t.Errorf("%+v", got)
	}
}

// G10: only where every earlier backend has refused is there something to learn;
// a page that is held is no refusal.
func TestHeldPagesAreNotLearnedFrom(t *testing.T) {
	web := backend(t, "web", frontEnd(""))
	web.probed, web.SPA = true, On
	g := gateway(t, Config{Speculate: true}, web, backend(t, "api", application))
	g.worth = -1
	for range 3 {
		if tried := g.get("/api/users", "Accept", "*/*").header.Get("X-Devgate-Tried"); tried != "web=200, api=200" {
			t.Errorf("%s", tried)
		}
	}
}

// G10: where refusals are fast nothing is sent ahead; where they are slow, it
// is, and only for answers that are healthy.
func TestSpeculationIsWorthIt(t *testing.T) {
	var p pace
	for _, d := range []time.Duration{90, 1, 1, 1, 2, 2, 80} {
		p.add(d * time.Millisecond)
	}
	if p.usual() != 2*time.Millisecond {
		t.Errorf("the usual time is %v", p.usual())
	}
	l := newLadder(t, true)
	l.worth = time.Minute // no refusal takes so long, however busy the machine is
	third := l.chain.Load().candidates[2]
	for range 7 {
		third.up.pace.add(time.Hour) // says nothing about what is before it
	}
	l.get("/x")
	if tried := l.get("/x").header.Get("X-Devgate-Tried"); strings.Contains(tried, "learned") {
		t.Errorf("fast refusals: %s", tried)
	}
	for range 7 {
		l.chain.Load().candidates[0].up.pace.add(2 * time.Minute)
	}
	l.get("/x")
	if tried := l.get("/x").header.Get("X-Devgate-Tried"); !strings.HasSuffix(tried, "third=200;learned") {
		t.Errorf("slow refusals: %s", tried)
	}
}

// G10: a failure of what was sent ahead is dealt with when its turn comes, as
// if it had been sent then.
func TestSpeculationThatFails(t *testing.T) {
	l := newLadder(t, true)
	l.get("/x")
	l.SetState("third", State{Phase: Down, Reason: "exited with status 1"})
	if got := l.get("/x"); got.status != 502 || got.header.Get("X-Devgate-Tried") != "first=404, second=404, third=crashed" {
		t.Errorf("%+v", got)
	}
	l.SetState("third", State{Phase: Ready})
	l.get("/x")
	release := l.block()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan answer, 1)
	go func() { done <- l.do(l.request("GET", "/x", nil).WithContext(ctx)) }()
	before := len(l.first.requests())
	eventually(t, "all are asked", func() bool { return len(l.first.requests()) >= before && l.Gateway.requests.count() == 1 })
	cancel()
	<-done
	eventually(t, "a client that leaves ends them all", func() bool {
		return !slices.ContainsFunc(l.chain.Load().candidates, func(c *candidate) bool { return c.up.leases() > 0 })
	})
	release()
}

// The memory is bounded, and keeps nothing of an older generation.
func TestLearnedIsBounded(t *testing.T) {
	l := new(learned)
	for key := range uint64(learnedMax + 1) {
		l.keep(key, 1, 0)
	}
	if len(l.answers) != 1 {
		t.Errorf("%d answers", len(l.answers))
	}
	l.bump()
	l.keep(7, 1, 0)
	if _, ok := l.place(7); ok {
		t.Error("an answer of an older generation was kept")
	}
}
