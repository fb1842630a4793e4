package supervisor

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/event"
)

// past is what is told of a service's past, with the time since the test began.
func (p *scene) past(name string) string {
	p.t.Helper()
	s, text := p.service(name), ""
	for _, one := range []struct {
		name   string
		moment *event.Moment
	}{{"change", s.Past.Change}, {"restart", s.Past.Restart}, {"failure", s.Past.Failure}} {
		if one.moment != nil {
			text += fmt.Sprintf("%s %v %s; ", one.name, one.moment.At.Sub(p.system.began).Round(time.Second/10), one.moment.Text)
		}
	}
	if s.Updating {
		text += "updating; "
	}
	if s.Outdated {
		text += "outdated; "
	}
	return text + s.State.String()
}

func (p *scene) wantPast(name, want string) {
	p.t.Helper()
	if got := p.past(name); got != want {
		p.t.Errorf("past of %s:\n%s\nwant:\n%s", name, got, want)
	}
}

// Is it me or the server: what was changed, restarted and failed last stays told when
// everything is well again.
func TestTheLastOfEachIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := start(t, newSystem(), spec("api"))
		defer p.end()
		p.wantPast("api", "ready")
		p.after(time.Minute)
		p.sup.Changed(byFile("a.go"), "api")
		p.wantPast("api", "change 1m0s a.go; restart 1m0s a.go changed; ready")
		p.after(time.Minute)
		p.system.last("api").exit(crash(3))
		p.after(time.Second)
		p.wantPast("api", "change 1m0s a.go; restart 2m0.2s it had ended: exit status 3; failure 2m0s exit status 3; ready")
		p.sup.Restart(command, "api")
		p.wantPast("api", "change 1m0s a.go; restart 2m1s a command; failure 2m0s exit status 3; ready")
		p.sup.Reconcile([]Spec{version("2", spec("api"))}, nil)
		p.wantPast("api", "change 2m1s Devgatefile or env file; restart 2m1s Devgatefile or env file changed; failure 2m0s exit status 3; ready")
	})
}

// What ended as it was told to has not failed, and neither has a task that is done.
func TestAnEndThatWasWantedIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := spec("task")
		task.Once = true
		p := start(t, newSystem(), spec("api"), task)
		defer p.end()
		p.system.last("task").exit(crash(0))
		p.sup.Stop(command, "api")
		p.wantPast("api", "stopped")
		p.wantPast("task", "done")
		p.sup.Changed(byFile("a.go"), "api") // which is not heeded
		p.wantPast("api", "stopped")
	})
}

// W8: while a newer version is built the service is updating, and after a build that
// failed what runs is outdated, until the next version runs.
func TestABuildBesideTheProcessIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := spec("api")
		s.Build = &Command{Args: []string{"build"}}
		p := start(t, newSystem(), s)
		defer p.end()
		built := func(code int) { synctest.Wait(); p.system.last("build").exit(crash(code)) }
		built(0)
		p.wantPast("api", "ready")
		p.after(time.Minute)
		p.sup.Changed(byFile("a.go"), "api")
		p.wantPast("api", "change 1m0s a.go; updating; ready")
		built(1)
		p.wantPast("api", "change 1m0s a.go; failure 1m0s build failed (exit status 1); outdated; ready")
		p.after(time.Minute)
		p.sup.Changed(byFile("b.go"), "api")
		p.wantPast("api", "change 2m0s b.go; failure 1m0s build failed (exit status 1); updating; outdated; ready")
		p.sup.Changed(byFile("c.go"), "api") // during the build, which begins anew
		p.wantPast("api", "change 2m0s c.go; failure 1m0s build failed (exit status 1); updating; outdated; ready")
		built(0)
		p.wantPast("api", "change 2m0s c.go; restart 2m0s c.go changed; failure 1m0s build failed (exit status 1); ready")
	})
}

// No event between the save and the outcome looks as if nothing were on its way: who
// waits for the newest version goes by these.
func TestAnUpdateIsSeenWithoutAGap(t *testing.T) {
	withBuild := func(s *Spec) { s.Build = &Command{Args: []string{"build"}} }
	t.Run("in place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := spec("api")
			withBuild(&s)
			p := start(t, newSystem(), s)
			p.system.last("build").exit(crash(0))
			synctest.Wait()
			p.updatesWithoutAGap(func() { p.after(time.Second) })
		})
	})
	t.Run("overlapping", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var o overlapping
			p := o.begin(t, withBuild)
			p.updatesWithoutAGap(func() { close(o.ready[1]); p.after(time.Second); close(o.drained) })
		})
	})
}

// updatesWithoutAGap: as long as the process is the old one and ready, each event says
// that a newer version is on its way.
func (p *scene) updatesWithoutAGap(finish func()) {
	p.t.Helper()
	defer p.end()
	old := p.service("api").PID
	sub := p.bus.Subscribe()
	p.sup.Changed(edit, "api")
	p.after(time.Second)
	p.system.last("build").exit(crash(0))
	synctest.Wait()
	finish()
	if now := p.service("api"); now.State != event.Ready || now.PID == old || now.Updating {
		p.t.Errorf("at the end: %+v", now)
	}
	sub.Close()
	for e := range sub.C {
		if s := e.Service; e.Kind != event.Asked && s.State == event.Ready && s.PID == old && !s.Updating {
			p.t.Errorf("kind %d looks as if it were over: %+v", e.Kind, s)
		}
	}
}

// A newer version that does not become ready leaves an older one, and says so.
func TestALostSuccessorLeavesAnOutdatedProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o overlapping
		p := o.begin(t)
		defer p.end()
		p.sup.Changed(edit, "api")
		p.wantPast("api", "change 0s api/main.go; updating; ready")
		o.system.last("api2").exit(crash(3))
		p.wantPast("api", "change 0s api/main.go; failure 0s the new version did not become ready (exit status 3); outdated; ready")
		p.sup.Changed(edit, "api")
		synctest.Wait()
		close(o.ready[2])
		p.wantPast("api", "change 0s api/main.go; restart 0s api/main.go changed; failure 0s the new version did not become ready (exit status 3); ready")
	})
}
