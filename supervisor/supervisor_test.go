package supervisor

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

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

// A service that is about to start never looks as if it were stopped.
func TestTheFirstThatIsHeardOfAServiceIsThatItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &scene{t: t, system: newSystem(), over: make(chan struct{})}
		p.sup = New([]Spec{spec("web", "api"), spec("api")}, &p.bus, p.system)
		sub := p.bus.Subscribe()
		p.run()
		sub.Close()
		heard := 0
		for e := range sub.C {
			heard++
			if e.Service.State == event.Stopped {
				t.Errorf("%s was stopped", e.Service.Name)
			}
		}
		if heard == 0 {
			t.Error("nothing was heard")
		}
		p.end()
	})
}
