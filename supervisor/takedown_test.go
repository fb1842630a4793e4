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
