package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"devgate/internal/event"
	"devgate/internal/project"
)

// reloads is a reloader whose files are what load says, and what it does.
type reloads struct {
	*reloader
	done []string
}

func newReloads(t *testing.T, load func() (*project.Project, error)) *reloads {
	r := &reloads{}
	note := func(format string, args ...any) { r.done = append(r.done, fmt.Sprintf(format, args...)) }
	current := newCurrent(newSetup(loaded(t, planned), nil))
	r.reloader = &reloader{
		current: current, wake: make(chan struct{}, 1),
		load:  func(context.Context, project.Options) (*project.Project, error) { return load() },
		move:  func(s *setup) error { note("move %d", s.Port); return nil },
		apply: func(d plan) string { note("apply"); current.replace(d.after); return "" },
		watch: func(_ *project.Project, inputs []string) { note("watch %d", len(inputs)) },
		say:   func(_, text string) { note("%s", text) },
		heeds: func(string) bool { return true },
	}
	return r
}

func edit(files ...string) event.Cause {
	return event.Cause{By: event.Edit, Files: files, Total: len(files)}
}

func (r *reloads) did(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(r.done, want) {
		t.Errorf("did %q, want %q", r.done, want)
	}
	r.done = nil
}

// F4: what is valid takes effect, the gateway's address first; what is not is
// shown, and changes nothing.
func TestAReloadTakesEffectOrIsRefusedAsAWhole(t *testing.T) {
	var p *project.Project
	var broken error
	r := newReloads(t, func() (*project.Project, error) { return p, broken })
	p = loadedLike(t, r.current.setup(), changed(t, planned, `"api"`, `"api -v"`))
	r.take(t.Context(), "Devgatefile")
	r.did(t, "apply", "↻ Devgatefile changed: restarts api")

	before := r.current.setup()
	broken = errors.New("Devgatefile:3:1: why")
	r.take(t.Context(), "Devgatefile")
	r.did(t, "watch 2", "Devgatefile changed, but \x1b[31mit cannot be used\x1b[0m; everything keeps running as it was\nDevgatefile:3:1: why")

	broken = nil
	p = loadedLike(t, before, changed(t, planned, `"api"`, `"api -v"`, "3000", "3001"))
	r.move = func(*setup) error { return errors.New("the gateway cannot listen") }
	r.take(t.Context(), "Devgatefile")
	if r.current.setup() != before || len(r.done) != 2 {
		t.Errorf("took effect: %q", r.done)
	}
}

// F4, G: a file that does not end (a pipe, a network) holds up nothing: not who
// tells of changes, not the way down; and what it leads to comes too late.
func TestAFileThatDoesNotEndHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, ends := make(chan struct{}), make(chan struct{})
		var p *project.Project
		r := newReloads(t, func() (*project.Project, error) {
			close(read)
			<-ends
			return p, nil
		})
		p = loadedLike(t, r.current.setup(), changed(t, planned, `"api"`, `"api -v"`, "3000", "3001"))
		running := background(r.run)
		r.ask(edit("Devgatefile"))
		<-read
		r.ask(edit("Devgatefile"))
		r.ask(edit(".env"))
		limit, cancel := context.WithTimeout(t.Context(), stuckLimit)
		defer cancel()
		running.leave(limit) // else the test ends here, as nothing is left that could go on
		close(ends)
		<-running.done
		r.did(t)
	})
}

// What is saved while files are read is taken up once, together.
func TestSavesDuringAReloadAreTakenUpTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		read, goOn := make(chan struct{}), make(chan struct{})
		var p *project.Project
		r := newReloads(t, func() (*project.Project, error) {
			read <- struct{}{}
			<-goOn
			return p, nil
		})
		p = loadedLike(t, r.current.setup(), planned)
		running := background(r.run)
		r.ask(edit("Devgatefile"))
		<-read
		r.ask(edit("Devgatefile"))
		r.ask(edit(".env", "Devgatefile"))
		goOn <- struct{}{}
		<-read
		goOn <- struct{}{}
		synctest.Wait()
		running.stop()
		r.did(t, "apply", "↻ Devgatefile changed: nothing to restart", "apply", "↻ Devgatefile, .env changed: nothing to restart")
	})
}

// What devgate has chosen, and what the command line says, holds for a reload too.
func TestAReloadReadsAsTheStartDid(t *testing.T) {
	before := newSetup(loaded(t, changed(t, planned, "3000", "\"auto\"", "4002", "\"auto\"")), nil)
	got := optionsFor(project.Options{File: "x", Host: "127.0.0.1", Port: 5, Color: true}, before)
	if got.File != before.Path || got.Host != "127.0.0.1" || got.Port != 5 || !got.Color || got.GatewayPort != before.Port ||
		fmt.Sprint(got.Ports) != fmt.Sprintf("map[web:%d]", before.Service("web").Port) {
		t.Errorf("got %+v", got)
	}
	if got := optionsFor(project.Options{}, newSetup(loaded(t, planned), nil)); got.GatewayPort != 0 || len(got.Ports) != 0 {
		t.Errorf("of ports that were given: %+v", got)
	}
}
