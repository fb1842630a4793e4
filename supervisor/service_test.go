package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// P2: reverse order of after; contract: after waits for ready.
func TestServicesStartAfterAndStopBeforeWhatTheyNeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(d time.Duration, s Spec) Spec {
			s.Ready = readyAfter(d)
			return s
		}
		p := start(t, newSystem(), spec("web", "api"), slow(2*time.Second, spec("api", "db")), slow(time.Second, spec("db")))
		p.wantState("web", event.Waiting)
		if got := p.service("web").Reason; got != "waits for api" {
			t.Errorf("reason %q", got)
		}
		p.after(3 * time.Second)
		p.wantState("web", event.Ready)
		if got := p.service("api").ReadyIn; got != 2*time.Second {
			t.Errorf("api was ready in %s", got)
		}
		p.end()
		p.wantHistory("0s start db", "1s start api", "3s start web", "3s TERM web", "3s TERM api", "3s TERM db")
	})
}

func TestATaskMustSucceedBeforeWhatIsAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := spec("migrate")
		task.Once = true
		p := start(t, newSystem(), spec("api", "migrate"), task)
		defer p.end()
		p.wantState("migrate", event.Starting)
		for range 3 {
			p.system.last("migrate").exit(crash(1))
			p.after(5 * time.Second)
		}
		p.wantState("migrate", event.Failed)
		if got := p.service("api").Reason; got != "waits for migrate (failed)" {
			t.Errorf("reason %q", got)
		}
		p.sup.Restart(command, "migrate")
		synctest.Wait()
		p.system.last("migrate").exit(crash(0))
		p.wantState("migrate", event.Done)
		p.wantState("api", event.Ready)
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

// W8: a failed build keeps the old process; G4: the drain comes before the signal.
func TestABuildRunsBesideTheOldProcessAndReplacesItOnlyWhenItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Build = &Command{Args: []string{"build"}}
		system := newSystem()
		s.Drain = func(context.Context) { system.note("drain"); time.Sleep(300 * time.Millisecond) }
		s.Signalled = func() { system.note("signalled") }
		p := start(t, system, s)
		notices := p.notices()
		p.wantState("api", event.Building)
		system.last("build").exit(crash(0))
		p.wantState("api", event.Ready)

		p.sup.Changed(edit, "api")
		p.wantState("api", event.Ready)
		p.after(time.Second)
		system.last("build").exit(crash(2))
		p.wantState("api", event.Ready)

		p.sup.Changed(edit, "api")
		p.after(time.Second)
		system.last("build").exit(crash(0))
		p.wantState("api", event.Stopping)
		if !p.service("api").Returning {
			t.Error("a restart does not show that the service returns")
		}
		p.after(time.Second)
		p.wantState("api", event.Ready)
		if got := p.service("api").BuiltIn; got != time.Second {
			t.Errorf("built in %s", got)
		}
		p.end()
		p.wantHistory("0s start build", "0s start api", "0s start build", "1s start build", "2s drain", "2.3s signalled",
			"2.3s TERM api", "2.3s start api", "3s drain", "3.3s signalled", "3.3s TERM api")
		want := []string{"api: build failed (exit status 2); the old version keeps running"}
		if got := notices(); !slices.Equal(got, want) {
			t.Errorf("notices %q,\nwant %q", got, want)
		}
	})
}

func TestANewerChangeCancelsARunningBuild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Build = &Command{Args: []string{"build"}}
		p := start(t, newSystem(), s)
		p.after(time.Second)
		p.sup.Changed(edit, "api")
		p.after(time.Second)
		p.system.last("build").exit(crash(0))
		p.wantState("api", event.Ready)
		p.wantHistory("0s start build", "1s KILL build", "1s start build", "2s start api")
		p.end()
	})
}

func TestAFirstBuildThatFailsMakesTheServiceFailedAndAnEditTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Build = &Command{Args: []string{"build"}}
		p := start(t, newSystem(), s)
		defer p.end()
		p.system.last("build").exit(crash(1))
		p.wantState("api", event.Failed)
		if got := p.service("api").Reason; got != "build failed (exit status 1)" {
			t.Errorf("reason %q", got)
		}
		p.sup.Changed(edit, "api")
		synctest.Wait()
		p.system.last("build").exit(crash(0))
		p.wantState("api", event.Ready)
	})
}

// G4: running requests delay the signal by one second at the most.
func TestADrainThatDoesNotEndDelaysTheSignalByOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Drain = func(ctx context.Context) { <-ctx.Done() }
		p := start(t, newSystem(), s)
		p.sup.Restart(command, "api")
		p.after(2 * time.Second)
		p.wantHistory("0s start api", "1s TERM api", "1s start api")
		p.end()
	})
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
		s.Ready = func(ctx context.Context, report func(error)) error {
			report(errors.New("nothing listens on port 4001"))
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
			`api: still starting after 5s: nothing listens on port 4001; last output: "compiling"`,
			`api: still starting after 30s: nothing listens on port 4001; last output: "compiling"` + "\nprocesses below 1",
		}
		if got := notices(); !slices.Equal(got, want) {
			t.Errorf("notices %q,\nwant %q", got, want)
		}
	})
}

func TestTheStopCommandTakesThePlaceOfTheSignal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("db")
		s.Stop = &Command{Args: []string{"halt"}}
		p := start(t, newSystem(), s)
		p.stop()
		p.after(time.Second)
		p.system.last("db").exit(crash(0))
		p.system.last("halt").exit(crash(0))
		<-p.over
		p.wantHistory("0s start db", "0s start halt")
	})
}

func TestAStopCommandThatFailsIsToldAndTheSignalFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("db")
		s.Stop = &Command{Args: []string{"halt"}}
		p := start(t, newSystem(), s)
		notices := p.notices()
		p.stop()
		p.after(time.Second)
		p.system.last("halt").exit(crash(1))
		<-p.over
		p.wantHistory("0s start db", "0s start halt", "1s TERM db")
		if got := notices(); !slices.Equal(got, []string{"db: stop command: exit status 1"}) {
			t.Errorf("notices %q", got)
		}
	})
}

func TestAStoppedServiceIsNotStartedByASaveButByACommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), spec("api"))
		defer p.end()
		p.sup.Stop(command, "api")
		p.wantState("api", event.Stopped)
		p.sup.Changed(edit, "api")
		p.wantState("api", event.Stopped)
		p.sup.Start(command, "api")
		p.wantState("api", event.Ready)
	})
}

func TestStartBringsWhatTheServiceIsAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), spec("web", "api"), spec("api", "db"), spec("db"))
		defer p.end()
		p.sup.Stop(command, "web", "api", "db")
		p.wantState("db", event.Stopped)
		p.sup.Start(command, "web")
		for _, name := range []string{"web", "api", "db"} {
			p.wantState(name, event.Ready)
		}
	})
}

func TestAnUnknownNameIsRefused(t *testing.T) {
	sup := New([]Spec{spec("api")}, &event.Bus{}, newSystem())
	for _, err := range []error{sup.Start(command, "apy"), sup.Stop(command, "apy"), sup.Restart(command, "apy"), sup.Changed(edit, "api", "apy")} {
		if !errors.Is(err, ErrUnknownService) || !strings.Contains(err.Error(), "apy") {
			t.Errorf("got %v", err)
		}
	}
}

// notices collects what is said from now on.
func (p *scene) notices() func() []string {
	sub := p.bus.Subscribe()
	return func() (all []string) {
		sub.Close()
		for e := range sub.C {
			if e.Kind == event.Notice || e.Kind == event.UpdateFailed {
				all = append(all, e.Service.Name+": "+e.Text)
			}
		}
		return all
	}
}
