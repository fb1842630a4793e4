package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// overlapping is a service whose runs have a name, a port and a readiness of
// their own: api1 on port 1, api2 on port 2, …
type overlapping struct {
	system  *system
	runs    int
	ready   []chan struct{} // by run
	drained chan struct{}   // what Drain waits for; nil: nothing
	noPort  bool
	tells   bool // of each start
}

func (o *overlapping) spec() Spec {
	s := spec("api")
	s.Renew = o.renew
	s.Observe = func(e event.Service) { o.system.note("observe %s %d", e.State, e.Port) }
	return s
}

func (o *overlapping) renew() (*Spec, error) {
	if o.noPort {
		return nil, errors.New("no free port")
	}
	o.runs++
	n := o.runs
	ready := make(chan struct{})
	o.ready = append(o.ready, ready)
	s := spec("api")
	s.Command.Args[0] = fmt.Sprintf("api%d", n)
	s.Port = n
	s.Ready = func(ctx context.Context, _ Process) error {
		select {
		case <-ready:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if o.tells {
		s.Starting = func() { o.system.note("starting api%d", n) }
	}
	s.Drain = func(ctx context.Context) {
		o.system.note("drain api%d", n)
		select {
		case <-o.drained:
		case <-ctx.Done():
		}
	}
	return &s, nil
}

// begin runs an overlapping service whose first run is ready.
func (o *overlapping) begin(t *testing.T, change ...func(*Spec)) *scene {
	o.system, o.drained = newSystem(), make(chan struct{})
	s := o.spec()
	for _, f := range change {
		f(&s)
	}
	p := start(t, o.system, s)
	if s.Build != nil {
		o.system.last("build").exit(crash(0))
		synctest.Wait()
	}
	close(o.ready[0])
	p.wantState("api", event.Ready)
	return p
}

// W8, P5, overlap: the new version takes over when it is ready, and the old one
// ends after its running requests.
func TestASuccessorTakesOverWhenItIsReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		if s := p.service("api"); s.State != event.Ready || s.Port != 1 || s.PID != 1 {
			t.Errorf("before the successor is ready: %+v", s)
		}
		close(o.ready[1])
		if s := p.service("api"); s.State != event.Ready || s.Port != 2 || s.PID != 2 || s.Restarts != 1 || s.Since != time.Now() || s.ReadyIn != time.Second ||
			s.Started != time.Now().Add(-time.Second) {
			t.Errorf("after it: %+v", s)
		}
		p.after(2 * time.Second)
		close(o.drained)
		p.after(time.Second)
		p.end()
		p.wantHistory("0s observe waiting 0", "0s observe starting 0", "0s start api1", "0s observe starting 1", "0s observe ready 1",
			"0s start api2", "1s observe ready 2", "1s drain api1", "3s TERM api1",
			"4s observe stopping 2", "4s drain api2", "4s TERM api2", "4s observe stopping 2", "4s observe stopped 2")
	})
}

// G3, W8: who drains the old process has been told of the new one before. Requests that
// are still sent to the old one would be nobody's to wait for.
func TestTheOldProcessIsToldAfterTheGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		var slow atomic.Bool
		p := o.begin(t, func(s *Spec) {
			observe := s.Observe
			s.Observe = func(e event.Service) {
				if slow.Load() {
					<-time.After(time.Microsecond) // everybody else goes on as far as he can
				}
				observe(e)
			}
		})
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		slow.Store(true)
		close(o.ready[1])
		p.after(time.Second)
		slow.Store(false)
		close(o.drained)
		p.after(time.Second)
		p.end()
		p.wantHistory("0s observe waiting 0", "0s observe starting 0", "0s start api1", "0s observe starting 1", "0s observe ready 1",
			"0s start api2", "1s observe ready 2", "1s drain api1", "2s TERM api1",
			"3s observe stopping 2", "3s drain api2", "3s TERM api2", "3s observe stopping 2", "3s observe stopped 2")
	})
}

// W9: each start is told of before it happens, that of a successor too.
func TestEachStartIsToldOfBeforeItHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := overlapping{tells: true}
		p := o.begin(t)
		p.sup.Changed(edit, "api")
		p.wantHistoryOf("api1", "0s starting", "0s start")
		p.wantHistoryOf("api2", "0s starting", "0s start")
		close(o.drained)
		p.end()
	})
}

// Overlap: a version that does not become ready never replaces a working one.
func TestASuccessorThatFailsReplacesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		notices := p.notices()
		p.sup.Changed(edit, "api")
		synctest.Wait()
		o.system.last("api2").exit(crash(3))
		p.after(time.Hour)
		o.system.missing["api3"] = true
		p.sup.Changed(edit, "api")
		p.after(time.Hour)
		o.noPort = true
		p.sup.Changed(edit, "api")
		p.after(time.Hour)
		if s := p.service("api"); s.State != event.Ready || s.Port != 1 || s.Restarts != 0 {
			t.Errorf("got %+v", s)
		}
		p.wantHistoryOf("api1", "0s start")
		p.end()
		const kept = "; the old version keeps running"
		want := []string{
			"api: starting the new version; the old one keeps running",
			"api: the new version did not become ready (exit status 3)" + kept,
			"api: starting the new version; the old one keeps running",
			"api: the new version did not become ready (start api3: command not found in PATH)" + kept,
			"api: starting the new version; the old one keeps running",
			"api: the new version did not become ready (no free port)" + kept,
		}
		if got := notices(); !slices.Equal(got, want) {
			t.Errorf("notices %q", got)
		}
	})
}

// Overlap, W3: a newer change replaces the successor, not the process.
func TestANewerChangeReplacesTheSuccessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		close(o.ready[1]) // too late
		p.after(time.Second)
		if s := p.service("api"); s.Port != 1 {
			t.Errorf("an outdated successor took over: %+v", s)
		}
		close(o.ready[2])
		if s := p.service("api"); s.Port != 3 {
			t.Errorf("got %+v", s)
		}
		p.end()
		p.wantHistoryOf("api2", "0s start", "1s TERM")
	})
}

// Overlap, P5: when the old process crashes, the successor is what is left.
func TestASuccessorTakesOverFromAProcessThatCrashes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		p.sup.Changed(edit, "api")
		synctest.Wait()
		o.system.last("api1").exit(crash(1))
		p.after(time.Second)
		if s := p.service("api"); s.State != event.Starting || s.Port != 2 || s.PID != 2 {
			t.Errorf("got %+v", s)
		}
		close(o.ready[1])
		p.wantState("api", event.Ready)
		o.system.last("api2").exit(crash(1)) // and from then on as ever
		p.wantState("api", event.Backoff)
		p.end()
	})
}

// Overlap, P2: stop means stopped, also for those beside the process.
func TestAStopEndsEveryRunOfAServiceThatOverlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		o.system.stubborn["api1"] = true
		p.sup.Changed(edit, "api")
		synctest.Wait()
		close(o.ready[1])
		p.after(time.Second)       // api1 waits for its requests
		p.sup.Changed(edit, "api") // api3 starts
		p.after(time.Second)
		p.sup.Stop(command, "api")
		p.after(DrainLimit + time.Millisecond)
		p.wantState("api", event.Stopping) // api1 is still there
		p.after(5 * time.Second)
		p.wantState("api", event.Stopped)
		p.wantHistoryOf("api1", "0s start", "0s drain", "2s TERM", "7s KILL")
		p.wantHistoryOf("api2", "0s start", "2s drain", "3s TERM")
		p.wantHistoryOf("api3", "1s start", "2s TERM")
		p.end()
	})
}

// Overlap: requests that do not end delay the old version by RetireLimit.
func TestRequestsThatDoNotEndDelayTheOldVersionByItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		p.sup.Changed(edit, "api")
		synctest.Wait()
		close(o.ready[1])
		p.after(time.Hour)
		p.wantHistoryOf("api1", "0s start", "0s drain", "30s TERM")
		p.sup.Kill()
		p.after(0)
		p.end()
	})
}

// P2: a second Ctrl-C kills the runs beside the process, too.
func TestKillReachesEveryRunOfAServiceThatOverlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		for _, name := range []string{"api1", "api2", "api3"} {
			o.system.stubborn[name] = true
		}
		p.sup.Changed(edit, "api")
		synctest.Wait()
		close(o.ready[1])
		synctest.Wait()
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		p.stop()
		p.after(100 * time.Millisecond)
		p.sup.Kill()
		<-p.over
		p.wantHistoryOf("api1", "0s start", "0s drain", "1s TERM", "1.1s KILL")
		p.wantHistoryOf("api2", "0s start", "1s drain", "1.1s KILL")
	})
}

// P1, P2: a service that has failed may still have an old version that answers
// its last requests: the end hurries it, waits for it, and kills it if asked to.
func TestAFailedServiceIsOverOnceItsRetiredRunsAre(t *testing.T) {
	for _, kill := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var o overlapping
			p := o.begin(t)
			o.system.stubborn["api1"] = true
			p.sup.Changed(edit, "api")
			synctest.Wait()
			close(o.ready[1])
			synctest.Wait()
			o.system.last("api2").exit(crash(127))
			p.wantState("api", event.Failed)
			p.after(time.Second)
			p.stop()
			p.after(time.Second)
			if kill {
				p.sup.Kill()
			}
			<-p.over
			if len(o.system.alive("api1")) > 0 {
				t.Error("Run has returned before the old version was gone")
			}
			want := []string{"0s start", "0s drain", "1s TERM", "6s KILL"}
			if kill {
				want[3] = "2s KILL"
			}
			p.wantHistoryOf("api1", want...)
		})
	}
}

// Overlap, W8: a build comes first; while it fails, nothing is started.
func TestABuildComesBeforeTheSuccessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t, func(s *Spec) { s.Build = &Command{Args: []string{"build"}} })
		p.sup.Changed(edit, "api")
		synctest.Wait()
		o.system.last("build").exit(crash(1))
		p.after(time.Second)
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		o.system.last("build").exit(crash(0))
		synctest.Wait()
		close(o.ready[1])
		if s := p.service("api"); s.Port != 2 {
			t.Errorf("got %+v", s)
		}
		p.wantHistoryOf("api2", "2s start")
		p.end()
	})
}

// Overlap, P6: a new version that is slow to start is explained as such.
func TestASlowSuccessorIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t, func(s *Spec) {
			s.Inspect = func(_ context.Context, pid int) string { return fmt.Sprint("tree of ", pid) }
		})
		notices := p.notices()
		p.sup.Changed(edit, "api")
		p.after(2 * time.Second)
		p.sup.Changed(edit, "api")
		p.after(time.Minute)
		p.end()
		want := []string{
			"api: starting the new version; the old one keeps running",
			"api: starting the new version; the old one keeps running",
			"api: the new version is still starting after 5s",
			"api: the new version is still starting after 30s\ntree of 3",
		}
		if got := notices(); !slices.Equal(got, want) {
			t.Errorf("notices %q", got)
		}
	})
}

// F4: a service that begins to overlap stops and starts once more; from then
// on it overlaps.
func TestAServiceBeginsToOverlapWithItsNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := overlapping{system: newSystem()}
		p := start(t, o.system, version("1", spec("api")))
		p.sup.Reconcile([]Spec{version("2", o.spec())}, nil)
		p.after(time.Second)
		close(o.ready[0])
		p.wantState("api", event.Ready)
		p.wantHistoryOf("api", "0s start", "0s TERM")
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		p.wantState("api", event.Ready)
		p.wantHistoryOf("api1", "0s start")
		p.end()
	})
}
