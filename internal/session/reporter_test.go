package session

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// report is a reporter at work.
type report struct {
	t        *testing.T
	bus      event.Bus
	out      said
	stopping bool
	failed   []string
	opened   []string
	reporter *reporter
	over     chan struct{}
}

// newReport runs a reporter in a bubble of virtual time; late is --wait's limit.
func newReport(t *testing.T, text string, late time.Duration) *report {
	r := &report{t: t, over: make(chan struct{})}
	current := newCurrent(newSetup(loaded(t, text), nil))
	start := &startup{current: current, say: r.out.say, began: time.Now(), limit: late, ready: func(url string) { r.opened = append(r.opened, url) }}
	if late > 0 {
		start.late = time.After(late)
	}
	r.reporter = &reporter{
		say: r.out.say, bus: &r.bus, events: r.bus.Subscribe(), stopping: func() bool { return r.stopping }, startup: start,
		texts:  &texts{current: current, tail: func(string) []string { return nil }, held: func(string) int { return 0 }},
		failed: func(s event.Service) { r.failed = append(r.failed, s.Name) },
	}
	go func() { defer close(r.over); r.reporter.run(t.Context()) }()
	return r
}

func (r *report) tell(name string, state event.State) {
	r.publish(event.Event{Service: event.Service{Name: name, State: state, Since: time.Now(), Reason: "why"}})
}

func (r *report) publish(e event.Event) {
	r.bus.Publish(e)
	synctest.Wait()
}

func (r *report) end() {
	r.reporter.stop()
	<-r.over
}

// C4: what happens to a service is said once, and that all is ready once for all.
func TestWhatHappensIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReport(t, planned, 0)
		r.tell("api", event.Stopped) // as it was before anything
		r.tell("work", event.Ready)
		r.tell("api", event.Failed)
		r.tell("api", event.Failed) // another detail of the same state
		r.out.take(t, "work: runs (pid 0)", "api: failed: why\nstart it again with: devgate restart api")
		r.tell("web", event.Ready)
		r.tell("api", event.Ready)
		r.out.take(t, "web: ready in 0.0s on port 4002 (pid 0)", "api: ready in 0.0s on port 4001 (pid 0)", ": ready http://localhost:3000 (3 backends, 0.0s)")
		r.tell("api", event.Stopped)
		r.tell("api", event.Backoff)
		r.tell("api", event.Ready)
		r.out.take(t, "api: stopped", "api: why", "api: ready in 0.0s on port 4001 (pid 0)")
		r.publish(event.Event{Kind: event.Removed, Service: event.Service{Name: "api"}})
		r.publish(event.Event{Kind: event.Notice, Text: "slow", Service: event.Service{Name: "web", State: event.Stopping}})
		r.out.take(t, "api: removed", "web: slow")
		r.publish(event.Event{Kind: event.Asked, Service: event.Service{Name: "web"}, Cause: event.Cause{By: event.Command}})
		r.publish(event.Event{Kind: event.Asked, Service: event.Service{Name: "web"}, Cause: event.Cause{By: event.Edit, Files: []string{"a"}, Total: 1}})
		r.publish(event.Event{Kind: event.Asked, Service: event.Service{Name: "web"}, Cause: event.Cause{By: event.Control, Files: []string{"a"}, Total: 1}})
		r.out.take(t, "web: ↻ a changed → restarting", "web: ↻ a changed during a build → building once more, to see who writes it")
		r.end()
		if fmt.Sprint(r.failed, r.opened) != "[api api] [http://localhost:3000]" {
			t.Errorf("failed %v, opened %v", r.failed, r.opened)
		}
	})
}

// On the way down, what is stopped is no news, and nothing is ready any more.
func TestOnTheWayDownLessIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReport(t, planned, 0)
		r.tell("api", event.Waiting)
		r.out.take(t, "api: why")
		r.stopping = true
		r.tell("api", event.Stopped)
		r.tell("web", event.Ready)
		r.publish(event.Event{Kind: event.Notice, Text: "has 2s left", Service: event.Service{Name: "api", State: event.Stopping}})
		r.out.take(t, "web: ready in 0.0s on port 4002 (pid 0)", "api: has 2s left; Ctrl-C again kills it now")
		r.end()
	})
}

// C2: --wait says what is late, and goes on waiting.
func TestWhatIsLateIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReport(t, planned, time.Minute)
		r.tell("api", event.Starting)
		time.Sleep(time.Minute) // virtual
		synctest.Wait()
		r.out.take(t, "api: not ready after 1m0s: starting: why", "web: not ready after 1m0s: waiting", "work: not ready after 1m0s: waiting")
		r.tell("api", event.Ready)
		r.tell("web", event.Ready)
		r.out.take(t, "api: ready in 0.0s on port 4001 (pid 0)", "web: ready in 0.0s on port 4002 (pid 0)")
		r.tell("work", event.Ready)
		r.out.take(t, "work: runs (pid 0)", ": ready http://localhost:3000 (3 backends, 60.0s)")
		r.end()
	})
}

// C3: --wait is the twin of --detach: it tells when everything is ready, workers too, or
// that it will not be so by itself; and then goes on.
func TestWhoWaitsIsToldThatItFailed(t *testing.T) {
	const sad = ": not everything is ready: api is failed, web is waiting\ndevgate stays up, so that a fix can be saved; Ctrl-C or devgate down stops it"
	synctest.Test(t, func(t *testing.T) {
		r := newReport(t, planned, time.Minute)
		r.tell("api", event.Starting)
		r.tell("web", event.Waiting)
		r.tell("work", event.Starting)
		r.tell("api", event.Failed)
		r.out.take(t, "web: why", "api: failed: why\nstart it again with: devgate restart api") // work is still on its way
		r.tell("work", event.Ready)
		r.out.take(t, "work: runs (pid 0)", sad)
		time.Sleep(time.Hour) // virtual; it is not said again
		synctest.Wait()
		r.tell("api", event.Ready)
		r.tell("web", event.Exited) // without an error: it is not to run any more
		r.out.take(t, "api: ready in 0.0s on port 4001 (pid 0)", "web: ended: why", ": ready http://localhost:3000 (3 backends, 3600.0s)")
		r.end()
	})
}

// Without a backend, all services count.
func TestWorkersAloneAreReadyWhenTheyRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReport(t, "port = 3000\n[work]\ncommand = \"w\"\n[migrate]\ncommand = \"m\"\nonce = true\n", 0)
		r.tell("work", event.Ready)
		r.out.take(t, "work: runs (pid 0)")
		r.tell("migrate", event.Done)
		r.out.take(t, "migrate: done in 0.0s", ": ready http://localhost:3000 (0 backends, 0.0s)")
		r.end()
	})
}

// Events that come faster than they are said are left out, but for the last.
func TestAReporterThatLagsGoesOnWithTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReport(t, planned, 0)
		for range event.Queue + 10 {
			r.bus.Publish(event.Event{Service: event.Service{Name: "work", State: event.Starting}})
		}
		r.bus.Publish(event.Event{Service: event.Service{Name: "work", State: event.Ready, PID: 9}})
		synctest.Wait()
		r.out.take(t, "work: runs (pid 9)")
		r.end()
	})
}

// C4: the one stable line, word for word.
func TestTheReadyLine(t *testing.T) {
	for backends, want := range map[int]string{
		0: "ready http://localhost:3000 (0 backends, 1.9s)",
		1: "ready http://localhost:3000 (1 backend, 1.9s)",
		2: "ready http://localhost:3000 (2 backends, 1.9s)",
	} {
		if got := ReadyLine("http://localhost:3000", backends, 1949*time.Millisecond); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// C4: where every backend runs elsewhere all is ready at once, also beside a worker,
// whose events come later. C3: --wait, as --detach, is for the worker, too.
func TestWhatRunsElsewhereIsReady(t *testing.T) {
	const remote, worker = "[api]\nurl = \"http://127.0.0.1:9\"\n", "[work]\ncommand = \"true\"\n"
	for _, c := range []struct {
		text  string
		limit time.Duration
	}{{remote, 0}, {remote, time.Minute}, {remote + worker, 0}, {remote + worker, time.Minute}} {
		synctest.Test(t, func(t *testing.T) {
			r := newReport(t, c.text, c.limit)
			synctest.Wait()
			ready := ": ready http://localhost:3000 (1 backend, 0.0s)"
			if c.text != remote && c.limit > 0 {
				r.out.take(t)
				r.tell("work", event.Ready)
				r.out.take(t, "work: runs (pid 0)", ready)
			} else {
				r.out.take(t, ready)
			}
			time.Sleep(time.Hour)
			r.out.take(t)
			r.end()
			if fmt.Sprint(r.opened) != "[http://localhost:3000]" {
				t.Errorf("opened %v", r.opened)
			}
		})
	}
}
