package supervisor

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// byFile is an edit of one file.
func byFile(name string) event.Cause {
	return event.Cause{By: event.Edit, Files: []string{name}, Total: 1}
}

// told collects what is asked, what fails, and what becomes ready or is given
// up, each with its cause.
func (p *scene) told() func() []string {
	sub := p.bus.Subscribe()
	return func() (all []string) {
		synctest.Wait()
		sub.Close()
		before := sub.Snapshot[0]
		for e := range sub.C {
			s, again := e.Service, false
			if e.Kind == event.StateChanged { // or a detail of a state that was told already
				again = s.State == before.State && s.Since.Equal(before.Since)
				before = s
			}
			switch {
			case again:
			case e.Kind == event.Asked:
				all = append(all, fmt.Sprintf("asked %s", causeText(e.Cause)))
			case e.Kind == event.UpdateFailed:
				all = append(all, "update failed")
			case e.Kind == event.StateChanged && s.State.Settled():
				all = append(all, fmt.Sprintf("%s %s", s.State, causeText(s.Cause)))
			}
		}
		return slices.Compact(all)
	}
}

func causeText(c event.Cause) string {
	return [...]string{"devgate", "command", "key", "edit", "reload", "ended"}[c.By] + " " + c.What()
}

func (p *scene) wantTold(got []string, want ...string) {
	p.t.Helper()
	if !slices.Equal(got, want) {
		p.t.Errorf("told %q,\nwant %q", got, want)
	}
}

func TestEachProcessKeepsTheCauseThatItWasStartedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), spec("api"))
		defer p.end()
		told := p.told()
		p.sup.Changed(byFile("a"), "api")
		synctest.Wait()
		p.system.last("api").exit(crash(1)) // ready before: a reason of its own
		p.after(time.Second)
		p.sup.Restart(command, "api")
		p.wantTold(told(), "asked edit a", "ready edit a", "ready ended ", "asked command ", "ready command ")
	})
}

// A change that crashes before it is ready is the cause until it is.
func TestAProcessThatNeverWasReadyHandsItsCauseOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Ready = readyAfter(time.Second)
		p := start(t, newSystem(), s)
		defer p.end()
		p.after(time.Second)
		told := p.told()
		p.sup.Changed(byFile("a"), "api")
		synctest.Wait()
		p.system.last("api").exit(crash(1))
		p.after(5 * time.Second)
		p.wantTold(told(), "asked edit a", "ready edit a")
	})
}

// What becomes ready while a newer change is built is not that change, and what
// goes on after a build that failed is not either.
func TestAReadyProcessIsNotCreditedWithANewerChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Build = &Command{Args: []string{"build"}}
		s.Ready = readyAfter(time.Second)
		p := start(t, newSystem(), s)
		defer p.end()
		p.system.last("build").exit(crash(0))
		p.after(time.Second)
		told := p.told()
		p.sup.Changed(byFile("a"), "api")
		synctest.Wait()
		p.system.last("build").exit(crash(0))
		synctest.Wait()
		p.sup.Changed(byFile("b"), "api") // while a is starting
		p.after(time.Second)
		p.system.last("build").exit(crash(1))
		synctest.Wait()
		p.system.last("api").exit(crash(1))
		p.after(time.Second)
		p.system.last("build").exit(crash(0))
		p.after(time.Second)
		p.wantTold(told(), "asked edit a", "asked edit b", "ready edit a", "update failed", "ready ended ")
	})
}

// F4: a new version in the Devgatefile is a cause of its own.
func TestAReloadIsACause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), version("1", spec("api")))
		defer p.end()
		told := p.told()
		p.sup.Reconcile([]Spec{version("2", spec("api"))}, nil)
		p.wantTold(told(), "asked reload ", "ready reload ")
	})
}

// What leads to nothing is not told as asked: the machine alone decides.
func TestAskedIsToldOnlyWhereSomethingFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		system.stubborn["api"] = true
		p := start(t, system, spec("api"))
		defer p.end()
		told := p.told()
		p.sup.Start(command, "api") // it runs
		p.sup.Stop(command, "api")
		p.sup.Changed(byFile("a"), "api") // it is stopping, and stays so
		p.after(time.Minute)
		p.sup.Changed(byFile("b"), "api")
		p.sup.Stop(command, "api")
		p.wantTold(told(), "asked command ", "stopped command ")
	})
}

// readyAfter is a readiness check that passes after d.
func readyAfter(d time.Duration) func(context.Context, Process) error {
	return func(ctx context.Context, _ Process) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
