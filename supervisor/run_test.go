package supervisor

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// leaver is a service with a long grace whose leader leaves a process behind
// that ignores its stop signal.
func leaver(policy Restart) (*system, Spec) {
	system := newSystem()
	system.deaf["api"] = true
	s := spec("api")
	s.Restart, s.Grace = policy, time.Minute
	return system, s
}

// P2: a second Ctrl-C kills what a leader has left behind, whatever its end has
// led to.
func TestKillReachesWhatALeaderHasLeftBehind(t *testing.T) {
	for _, c := range []struct {
		policy Restart
		code   int
		then   func(*scene)
		state  event.State
	}{
		{OnFailure, 1, nil, event.Backoff},
		{OnFailure, 1, func(p *scene) { p.after(time.Second) }, event.Stopping},
		{Never, 1, nil, event.Failed},
		{Never, 0, nil, event.Exited},
		{Never, 0, func(p *scene) { p.sup.Stop(command, "api") }, event.Stopping},
		{Never, 0, func(p *scene) { p.sup.Restart(command, "api") }, event.Stopping},
	} {
		synctest.Test(t, func(t *testing.T) {
			system, s := leaver(c.policy)
			p := start(t, system, s)
			system.last("api").exit(crash(c.code))
			synctest.Wait()
			if c.then != nil {
				c.then(p)
			}
			p.wantState("api", c.state)
			began := time.Now()
			p.stop()
			synctest.Wait()
			p.sup.Kill()
			<-p.over
			if took := time.Since(began); took != 0 {
				t.Errorf("%v: a kill took %v", c.state, took)
			}
			if left := system.living(); left != nil {
				t.Errorf("%v: %v survive a kill", c.state, left)
			}
			p.wantHistory("0s start api", began.Sub(system.began).String()+" KILL api")
		})
	}
}

// P11: stopped is what has nothing left; nobody is down before that.
func TestStoppedMeansThatNothingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system, api := leaver(Never)
		api.After = []string{"db"}
		p := start(t, system, api, spec("db"))
		system.last("api").exit(crash(1))
		p.wantState("api", event.Failed)
		if !p.service("api").Ending {
			t.Error("what is left behind is not known")
		}
		p.after(10 * time.Second)
		p.sup.Stop(command, "api")
		p.wantState("api", event.Stopping)
		p.after(20 * time.Second)
		p.stop()
		p.after(20 * time.Second)
		p.wantState("api", event.Stopping)
		p.wantState("db", event.Ready) // api is after it
		p.after(10 * time.Second)
		<-p.over
		p.wantHistoryOf("db", "0s start", "1m0s TERM")
	})
}

// P11: a service that cannot start yet is not said to be starting, and who is
// waited for is named by a number that exists.
func TestWhatIsWaitedForIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system, s := leaver(OnFailure)
		p := start(t, system, s)
		notices := p.notices()
		system.last("api").exit(crash(1))
		p.after(10 * time.Second)
		if s := p.service("api"); s.State != event.Stopping || !s.Returning {
			t.Errorf("got %+v", s)
		}
		p.after(time.Hour)
		p.wantState("api", event.Ready)
		p.wantHistory("0s start api", "1m0s start api")
		if got := notices(); !slices.Equal(got, []string{"api: still stopping after 3s: what it left behind has got TERM (pid 1001)"}) {
			t.Errorf("notices %q", got)
		}
		p.stop()
		synctest.Wait()
		p.sup.Kill()
		<-p.over
	})
}

// P11: what a service that has failed leaves behind is named too.
func TestWhatAFailedServiceLeavesBehindIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system, s := leaver(Never)
		p := start(t, system, s)
		defer p.end()
		notices := p.notices()
		system.last("api").exit(crash(1))
		p.after(time.Hour)
		p.wantState("api", event.Failed)
		if p.service("api").Ending || system.living() != nil {
			t.Errorf("after an hour %v live", system.living())
		}
		if got := notices(); !slices.Equal(got, []string{"api: still stopping after 3s: what it left behind has got TERM (pid 1001)"}) {
			t.Errorf("notices %q", got)
		}
	})
}

// P5: an edit does not wait for a backoff, but for what is left behind.
func TestAnEditWaitsForWhatIsLeftBehindAndForNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.slow["api"] = 3 * time.Second
		p := start(t, system, spec("api"))
		defer p.end()
		system.last("api").exit(crash(1))
		p.wantState("api", event.Backoff)
		p.sup.Changed(edit, "api")
		p.wantState("api", event.Stopping)
		p.after(time.Hour)
		p.wantHistory("0s start api", "3s start api")
	})
}

// P6: looking at the processes of a slow start takes its time; nobody waits for
// it, and what it finds too late is not told.
func TestLookingAtASlowStartHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Ready = readyAfter(time.Hour)
		looked := make(chan time.Duration, 1)
		began := time.Now()
		s.Inspect = func(ctx context.Context, pid int) string {
			<-ctx.Done() // it would take for ever
			looked <- time.Since(began)
			return "too late"
		}
		p := start(t, newSystem(), s)
		notices := p.notices()
		p.after(40 * time.Second)
		p.sup.Stop(command, "api")
		p.wantState("api", event.Stopped)
		if got := <-looked; got != 40*time.Second {
			t.Errorf("it was looked until %v", got)
		}
		if got := notices(); !slices.Equal(got, []string{"api: still starting after 5s"}) {
			t.Errorf("notices %q", got)
		}
		p.end()
	})
}

// What looks at a process beside its readiness check belongs to the run as well:
// it knows the process, goes on when the check has passed, and is waited for.
func TestARunWaitsForWhoLooksAtItsProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		s := spec("api")
		s.Ready = func(ctx context.Context, p Process) error {
			p.Beside(func() {
				<-ctx.Done()
				time.Sleep(time.Second) // virtual: it takes its time
				system.note("looked at pid %d", p.PID)
			})
			return nil
		}
		p := start(t, system, s)
		p.wantState("api", event.Ready)
		p.sup.Restart(command, "api")
		p.after(2 * time.Second)
		p.wantHistory("0s start api", "0s TERM api", "1s looked at pid 1", "1s start api")
		p.end()
	})
}
