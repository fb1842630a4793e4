package supervisor

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

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

// F4: a build command comes and goes.
func TestABuildCommandComesAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		built := spec("api")
		built.Build = &Command{Args: []string{"build"}}
		p := start(t, newSystem(), version("1", built))
		p.wantState("api", event.Building)
		p.sup.Reconcile([]Spec{version("2", spec("api"))}, nil)
		p.wantState("api", event.Ready)
		p.sup.Reconcile([]Spec{version("3", built)}, nil)
		p.wantState("api", event.Ready)
		p.after(time.Second)
		p.system.last("build").exit(crash(0))
		p.wantState("api", event.Ready)
		p.wantHistory("0s start build", "0s KILL build", "0s start api", "0s start build", "1s TERM api", "1s start api")
		p.end()
	})
}

// W8: the result of a build is installed once the old process has ended, and
// only if the build succeeded.
func TestABuildIsInstalledOnceTheOldProcessHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		s := spec("api")
		s.Build = &Command{Args: []string{"build"}}
		s.Stage = func() error { system.note("stage"); return nil }
		s.Install = func() error { system.note("install"); return nil }
		p := start(t, system, s)
		system.last("build").exit(crash(0))
		p.wantState("api", event.Ready)
		p.sup.Changed(edit, "api")
		synctest.Wait()
		system.last("build").exit(crash(1))
		synctest.Wait()
		system.last("api").exit(crash(1)) // after a failed build: the old version again
		p.wantState("api", event.Backoff)
		p.sup.Changed(edit, "api")
		synctest.Wait()
		p.after(time.Second)
		system.last("build").exit(crash(0))
		p.wantState("api", event.Ready)
		p.end()
		p.wantHistory("0s stage", "0s start build", "0s install", "0s start api", "0s stage", "0s start build",
			"0s stage", "0s start build", "1s install", "1s start api", "1s TERM api")
	})
}

// W8: several builds run side by side, with a limit; one that waits can be
// cancelled.
func TestBuildsOfSeveralServicesRunSideBySideWithALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		var specs []Spec
		for _, name := range []string{"a", "b", "c", "d"} {
			s := spec(name)
			s.Build = &Command{Args: []string{"build"}}
			specs = append(specs, s)
		}
		p := &scene{t: t, system: system, over: make(chan struct{})}
		p.sup = New(specs, &p.bus, system)
		p.sup.slots = make(chan struct{}, 2)
		for _, s := range p.sup.services {
			s.slots = p.sup.slots
		}
		p.run()
		if n := len(system.alive("build")); n != 2 {
			t.Errorf("%d builds run at once, want 2", n)
		}
		p.sup.Stop(command, "a", "b", "c") // those that wait among them, too
		synctest.Wait()
		left := system.alive("build")
		if len(left) != 1 {
			t.Fatalf("%d builds run, want that of d alone", len(left))
		}
		left[0].exit(crash(0))
		p.wantState("d", event.Ready)
		p.end()
	})
}

// W9: whoever looks for what builds write is told when each runs, with what it
// goes back to.
func TestEachBuildIsToldOfFromItsBeginningToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := newSystem()
		s := spec("api")
		s.Build = &Command{Args: []string{"build"}}
		s.Building = func(by event.Cause) func(Result) {
			system.note("begins for %d", by.By)
			return func(r Result) { system.note("ends %d", r) }
		}
		p := start(t, system, s)
		p.after(time.Second)
		p.sup.Changed(edit, "api") // instead of the first one
		p.after(time.Second)
		system.last("build").exit(crash(1))
		synctest.Wait()
		system.missing["build"] = true
		p.sup.Changed(edit, "api")
		synctest.Wait()
		p.end()
		p.wantHistory("0s begins for 0", "0s start build", "1s KILL build", "1s ends 0", "1s begins for 3", "1s start build",
			"2s ends 1", "2s begins for 3", "2s start build", "2s ends 0")
	})
}
