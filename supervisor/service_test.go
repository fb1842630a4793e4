package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

func crash(code int) event.Exit { return event.Exit{Code: code} }

// P5: a crash backs off, and the third quick exit in a row is the end.
func TestACrashBacksOffAndTheThirdQuickExitMakesItFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), spec("api"))
		defer p.end()
		for range 2 {
			p.system.last("api").exit(crash(3))
			p.wantState("api", event.Backoff)
			p.after(time.Second)
			p.wantState("api", event.Ready)
		}
		p.system.last("api").exit(crash(3))
		p.wantState("api", event.Failed)
		p.after(time.Hour)
		p.wantHistory("0s start api", "200ms start api", "1.4s start api")
		s := p.service("api")
		if s.Reason != "exit status 3, 3 times in a row" || s.Exit == nil || s.Exit.Code != 3 || s.Restarts != 2 || s.PID != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

// P5: delays double to 10 s as long as it does not exit quickly.
func TestTheDelayDoublesUpToTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), spec("api"))
		defer p.end()
		for _, delay := range []time.Duration{200, 400, 800, 1600, 3200, 6400, 10000, 10000} {
			p.after(3 * time.Second)
			p.system.last("api").exit(crash(1))
			p.after(delay*time.Millisecond - time.Millisecond)
			p.wantState("api", event.Backoff)
			p.after(time.Millisecond)
			p.wantState("api", event.Ready)
		}
		p.after(LastDelay) // a long run clears the memory
		p.system.last("api").exit(crash(1))
		p.after(FirstDelay)
		p.wantState("api", event.Ready)
	})
}

// P5: an edit never waits for a backoff, and ends failed.
func TestAnEditNeverWaitsForABackoffAndEndsFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), spec("api"))
		defer p.end()
		p.system.last("api").exit(crash(1))
		p.wantState("api", event.Backoff)
		p.sup.Changed(edit, "api")
		p.wantState("api", event.Ready)
		for range 3 {
			p.system.last("api").exit(crash(1))
			p.after(time.Second)
		}
		p.wantState("api", event.Failed)
		p.sup.Changed(edit, "api")
		p.wantState("api", event.Ready)
		p.system.last("api").exit(crash(1)) // the first one of a new attempt
		p.wantState("api", event.Backoff)
	})
}

// P1, P3: what a crashed leader leaves behind has ended before the next start.
func TestANewProcessWaitsForWhatTheOldOneLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.slow["api"] = 3 * time.Second
		p := start(t, system, spec("api"))
		p.system.last("api").exit(crash(1))
		p.after(time.Second)
		p.wantState("api", event.Stopping)
		if !p.service("api").Returning {
			t.Error("it does not show that it returns")
		}
		p.after(time.Hour)
		p.wantHistory("0s start api", "3s start api")
		p.end()
	})
}

// P2: stop signal, grace, KILL; a line after 3 s says who is waited for.
func TestAStubbornProcessIsKilledAfterItsGraceAndNamedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.stubborn["api"] = true
		p := start(t, system, spec("api"))
		notices := p.notices()
		p.end()
		p.wantHistory("0s start api", "0s TERM api", "5s KILL api")
		if got := notices(); !slices.Equal(got, []string{"api: still stopping after 3s: pid 1 has got TERM"}) {
			t.Errorf("notices: %q", got)
		}
	})
}

// P2: a second Ctrl-C kills at once.
func TestKillDoesNotWaitForTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.stubborn["api"] = true
		p := start(t, system, spec("api"))
		p.stop()
		p.after(time.Second)
		p.sup.Kill()
		<-p.over
		p.wantHistory("0s start api", "0s TERM api", "1s KILL api")
	})
}

func TestTheRestartPolicyDecidesWhatAnExitLeadsTo(t *testing.T) {
	for _, c := range []struct {
		policy Restart
		code   int
		want   event.State
	}{
		{OnFailure, 0, event.Exited}, {OnFailure, 1, event.Backoff}, {OnFailure, 127, event.Failed},
		{Always, 0, event.Backoff}, {Always, 1, event.Backoff},
		{Never, 0, event.Exited}, {Never, 1, event.Failed},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := spec("api")
			s.Restart = c.policy
			p := start(t, newSystem(), s)
			defer p.end()
			p.system.last("api").exit(crash(c.code))
			if got := p.service("api").State; got != c.want {
				t.Errorf("policy %d, exit %d: %s, want %s", c.policy, c.code, got, c.want)
			}
		})
	}
}

// G4: the gateway knows before the consequences, and in this order.
func TestObserveSeesEachStateBeforeItsConsequences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		s := spec("api")
		s.Observe = func(e event.Service) { system.note("%s pid %d", e.State, e.PID) }
		s.Drain = func(context.Context) { system.note("drain") }
		p := start(t, system, s)
		p.sup.Restart(command, "api")
		synctest.Wait()
		p.wantHistory("0s waiting pid 0", "0s starting pid 0", "0s start api", "0s starting pid 1", "0s ready pid 1",
			"0s stopping pid 1", "0s drain", "0s TERM api", "0s stopping pid 0", "0s starting pid 0", "0s start api",
			"0s starting pid 2", "0s ready pid 2")
		p.end()
	})
}

// P3: a new process starts only after the old one's port is free.
func TestAStartWaitsUntilThePortOfTheOldProcessIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		var busy sync.Mutex
		s := spec("api")
		s.Release = func(ctx context.Context, say func(string)) error {
			busy.Lock()
			defer busy.Unlock()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			system.note("free")
			return nil
		}
		p := start(t, system, s)
		synctest.Wait()
		p.sup.Restart(command, "api")
		synctest.Wait()
		p.wantHistory("0s free", "0s start api", "0s TERM api", "0s free", "0s free", "0s start api")
		p.end()
	})
}

func TestAPortThatStaysBusyMakesTheServiceFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Release = func(_ context.Context, say func(string)) error {
			say("port 4001 is held by pid 7")
			return errors.New("port 4001 stays busy")
		}
		p := start(t, newSystem(), s)
		defer p.end()
		p.wantState("api", event.Failed)
		if got := p.service("api").Reason; got != "port 4001 stays busy" {
			t.Errorf("reason %q", got)
		}
	})
}

func TestACommandThatCannotBeStartedFailsWithItsReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.missing["api"] = true
		p := start(t, system, spec("api"))
		defer p.end()
		p.wantState("api", event.Failed)
		if got := p.service("api").Reason; got != "start api: command not found in PATH" {
			t.Errorf("reason %q", got)
		}
	})
}

// P6: one line after 5 s and one after 30 s, with what is missing.
func TestASlowStartIsExplainedAfterFiveAndThirtySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Ready = func(ctx context.Context, p Process) error {
			p.Missing(errors.New("nothing listens on localhost:4001"))
			<-ctx.Done()
			return ctx.Err()
		}
		s.LastOutput = func() string { return "compiling" }
		s.Inspect = func(_ context.Context, pid int) string { return fmt.Sprintf("processes below %d", pid) }
		p := start(t, newSystem(), s)
		notices := p.notices()
		p.after(time.Hour)
		p.end()
		want := []string{
			`api: still starting after 5s: nothing listens on localhost:4001; last output: "compiling"`,
			`api: still starting after 30s: nothing listens on localhost:4001; last output: "compiling"` + "\nprocesses below 1",
		}
		if got := notices(); !slices.Equal(got, want) {
			t.Errorf("notices %q,\nwant %q", got, want)
		}
	})
}
