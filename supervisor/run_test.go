package supervisor

import (
	"context"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// withStop has a stop command, and requests that keep the drain busy for a while.
func withStop(drain time.Duration) Spec {
	s := spec("db")
	s.Stop = &Command{Args: []string{"halt"}}
	s.Drain = func(ctx context.Context) {
		select {
		case <-time.After(drain):
		case <-ctx.Done():
		}
	}
	return s
}

// A process that ends by itself while its requests drain needs no stop command:
// it would hit the next process.
func TestNoStopCommandRunsForAProcessThatHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), withStop(500*time.Millisecond))
		p.sup.Restart(command, "db")
		p.after(100 * time.Millisecond)
		p.system.last("db").exit(crash(0))
		p.wantState("db", event.Ready)
		p.after(time.Hour)
		p.wantHistory("0s start db", "100ms start db")
		p.stop()
		p.after(time.Second)
		p.system.last("halt").exit(crash(0))
		p.system.last("db").exit(crash(0))
		<-p.over
	})
}

// A new process waits for the stop command of the old one, however that ended.
func TestANewProcessWaitsForTheStopCommandOfTheOldOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), withStop(0))
		notices := p.notices()
		p.sup.Restart(command, "db")
		synctest.Wait()
		p.system.last("db").exit(crash(0))
		p.after(4 * time.Second)
		p.wantState("db", event.Stopping)
		p.system.last("halt").exit(crash(0))
		p.wantState("db", event.Ready)
		p.wantHistory("0s start db", "0s start halt", "4s start db")
		if got := notices(); !slices.Equal(got, []string{"db: still stopping after 3s: its stop command has not ended (pid 2)"}) {
			t.Errorf("notices %q", got)
		}
		p.stop()
		synctest.Wait()
		p.sup.Kill()
		<-p.over
	})
}

// P2: a stop command that hangs is killed after the grace, with the process.
func TestAStopCommandThatHangsIsKilledAfterTheGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), withStop(0))
		notices := p.notices()
		p.stop()
		<-p.over
		p.wantHistoryOf("db", "0s start", "5s KILL")
		p.wantHistoryOf("halt", "0s start", "5s KILL")
		want := []string{"db: still stopping after 3s: pid 1 has got its stop command", "db: stop command: has not ended within 5s, and is killed"}
		if got := notices(); !slices.Equal(got, want) {
			t.Errorf("notices %q, want %q", got, want)
		}
	})
}

// P2: a second Ctrl-C ends the stop command as well.
func TestKillReachesTheStopCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), withStop(0))
		p.stop()
		p.after(time.Second)
		p.sup.Kill()
		<-p.over
		p.wantHistoryOf("halt", "0s start", "1s KILL")
		p.wantHistoryOf("db", "0s start", "1s KILL")
	})
}

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

// P2: what a leader leaves behind gets the stop signal, unless it has had it with
// its group.
func TestWhatIsLeftBehindGetsTheStopSignalOnce(t *testing.T) {
	for _, c := range []struct {
		name string
		stop *Command
		end  func(*scene)
		want syscall.Signal
	}{
		{"a crash", nil, func(p *scene) { p.system.last("db").exit(crash(1)) }, syscall.SIGINT},
		{"a stop", nil, func(p *scene) { p.sup.Stop(command, "db") }, 0},
		{"a stop command", &Command{Args: []string{"halt"}}, func(p *scene) {
			p.sup.Stop(command, "db")
			synctest.Wait()
			p.system.last("db").exit(crash(0))
			p.system.last("halt").exit(crash(0))
		}, syscall.SIGINT},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := spec("db")
			s.Signal, s.Stop, s.Restart = syscall.SIGINT, c.stop, Never
			p := start(t, newSystem(), s)
			c.end(p)
			synctest.Wait()
			if got := p.system.last("db").swept; got != c.want {
				t.Errorf("after %s: %v, want %v", c.name, got, c.want)
			}
			p.end()
		})
	}
}
