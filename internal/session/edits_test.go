package session

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/buildoutput"
	"devgate/internal/event"
	"devgate/internal/watch"
	"devgate/supervisor"
)

// desk is edits at work in virtual time, with a supervisor that builds for a second
// whenever it is asked, and a build that writes.
type desk struct {
	t     *testing.T
	edits *edits
	build bool // api has a build
	stamp bool // it writes src/stamp 20 ms after its beginning

	mu       sync.Mutex
	contents int
	asked    []string
	verdicts []string
	over     chan struct{}

	wrote atomic.Uint64 // by api's process
	tells atomic.Bool   // that is known
}

func newDesk(t *testing.T, remembered []buildoutput.Output) *desk {
	d := &desk{t: t, edits: newEdits(remembered), over: make(chan struct{})}
	began := time.Now()
	note := func(to *[]string, format string, args ...any) {
		d.mu.Lock()
		defer d.mu.Unlock()
		*to = append(*to, fmt.Sprintf("%v ", time.Since(began).Round(100*time.Millisecond))+fmt.Sprintf(format, args...))
	}
	d.edits.changed = func(by event.Cause, services ...string) error {
		note(&d.asked, "%s: %d %s", strings.Join(services, " "), by.By, by.What())
		if d.build {
			go d.runBuild(by)
		}
		return nil
	}
	d.edits.tell = func(all []buildoutput.Verdict) {
		for _, v := range all {
			note(&d.verdicts, "%d %v", v.Kind, v.Files)
		}
	}
	d.edits.looks.wrote = func(string) (uint64, bool) { return d.wrote.Load(), d.tells.Load() }
	ctx, cancel := context.WithCancel(t.Context())
	go func() { defer close(d.over); d.edits.run(ctx) }()
	t.Cleanup(func() { cancel(); <-d.over })
	return d
}

func (d *desk) runBuild(by event.Cause) {
	ended := d.edits.building("api", by)
	if d.stamp {
		time.Sleep(20 * time.Millisecond)
		d.write("src/stamp")
	}
	time.Sleep(time.Second)
	ended(supervisor.BuildSucceeded)
	d.edits.starting("api")
}

// write changes a file, which the watcher tells a moment later.
func (d *desk) write(file string) {
	d.mu.Lock()
	d.contents++
	c := watch.Change{Name: "api", Files: []string{file}, Total: 1, Writes: []watch.Write{{File: file, At: time.Now(), Before: watch.Content(d.contents), After: watch.Content(d.contents + 1)}}}
	d.mu.Unlock()
	time.AfterFunc(40*time.Millisecond, func() { d.edits.written(c) })
}

func (d *desk) wait(t time.Duration) { time.Sleep(t); synctest.Wait() }

func (d *desk) take(want ...string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.asked, want) {
		d.t.Errorf("asked\n%s\nwant\n%s", strings.Join(d.asked, "\n"), strings.Join(want, "\n"))
	}
	d.asked = nil
}

// W1: where nothing is built, a change is asked for at once, whatever was changed
// before.
func TestAChangeWithoutBuildsWaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.edits.starting("api")
		d.wait(time.Minute)
		for i := range 5 {
			d.edits.written(watch.Change{Name: "api", Writes: []watch.Write{{File: "main.js", At: time.Now(), Before: watch.Content(i + 1), After: watch.Content(i + 2)}}})
			synctest.Wait() // and no time passes
			d.take(fmt.Sprintf("%dm0s api: 3 main.js", i+1))
			d.edits.starting("api")
			d.wait(time.Minute)
		}
	})
}

// W9: a build that writes what is watched is built twice more, and never again; a
// save is one build.
func TestAStampIsFoundOutByTwoBuilds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.build, d.stamp = true, true
		d.runBuild(event.Cause{By: event.Devgate})
		d.wait(time.Minute)
		d.take("4s api: 6 src/stamp", "8s api: 6 src/stamp")
		d.write("src/main.go")
		d.wait(time.Minute)
		d.take("1m1.1s api: 3 src/main.go")

		again := newDesk(t, d.edits.ledger.Outputs())
		again.build, again.stamp = true, true
		again.runBuild(event.Cause{By: event.Devgate})
		again.wait(time.Minute)
		again.take() // the next `up` builds once

		d.edits.forget([]string{"api"}) // another command
		synctest.Wait()
		if all := d.edits.ledger.Outputs(); len(all) > 0 {
			t.Errorf("still known: %v", all)
		}
	})
}

// W4: an edit of the file that a build writes is built, also during a build.
func TestAnEditDuringABuildIsBuilt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.build, d.stamp = true, true
		d.runBuild(event.Cause{By: event.Devgate})
		d.wait(time.Minute)
		d.take("4s api: 6 src/stamp", "8s api: 6 src/stamp")
		d.write("src/main.go")
		d.wait(600 * time.Millisecond)
		d.write("src/stamp") // by somebody
		d.wait(time.Minute)
		d.take("1m1.1s api: 3 src/main.go", "1m2.2s api: 3 src/stamp")
	})
}

// W1, W9: who saves as regularly as a program that saves once it sees the new
// process is not taken for the service, where the system tells what that has written.
func TestASaveAfterEachStartIsTheServicesOnlyIfItHasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		round := func(writes uint64) {
			d.edits.starting("api")
			d.wait(350 * time.Millisecond)
			d.wrote.Add(writes)
			d.write("main.js")
			d.wait(50 * time.Millisecond)
		}
		d.tells.Store(true)
		for i := range 10 {
			round(0)
			d.take(fmt.Sprintf("%v api: 3 main.js", time.Duration(i+1)*400*time.Millisecond))
		}
		if len(d.verdicts) > 10 {
			t.Errorf("said %v", d.verdicts)
		}
		round(1)
		d.take() // put off
		d.wait(time.Second)
		d.take("4.6s api: 3 main.js")
	})
}

// W9: on a machine so busy that the look at what the service has written comes after
// the write, the look says nothing.
func TestALateLookAcquitsNobody(t *testing.T) {
	wrote := func(string) (uint64, bool) { return 7, true }
	k := looks{wrote: wrote, byService: map[string]look{}}
	now := time.Now()
	k.started("api", now, true)
	k.take(now)
	if !k.isInnocent("api", time.Now().Add(time.Millisecond)) {
		t.Error("a service that has written nothing since the look is not innocent")
	}
	if k.isInnocent("api", now) || k.isInnocent("api", now.Add(-time.Millisecond)) {
		t.Error("a look after the write acquits")
	}
	var meanwhile time.Time
	k.wrote = func(string) (uint64, bool) { meanwhile = time.Now(); return 7, true }
	k.started("api", now, true)
	k.take(now)
	if k.isInnocent("api", meanwhile.Add(-1)) {
		t.Error("a write during the look is acquitted")
	}
}

// A change that is put off goes along with one that is not, as one.
func TestAnEditTakesAlongWhatIsPutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		start := func() {
			d.edits.starting("api")
			d.wait(time.Second)
			d.write("data.db")
			d.wait(100 * time.Millisecond)
		}
		start()
		d.take("1s api: 3 data.db")
		start()
		d.take() // as the last time: it is put off
		d.write("main.js")
		d.wait(100 * time.Millisecond)
		d.take("2.2s api: 3 data.db, main.js")
		d.wait(time.Minute)
		d.take()
	})
}
