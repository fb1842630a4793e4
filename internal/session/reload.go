package session

import (
	"context"
	"slices"
	"sync"

	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/project"
)

// reloader takes up a Devgatefile, or an env file, that was saved while devgate
// runs. Reading files may take long, or for ever (a pipe, a network): it has a
// goroutine of its own, so that neither the watcher nor the way down waits for
// it.
type reloader struct {
	current *current
	say     say
	source  project.Options // as at the start
	load    func(context.Context, project.Options) (*project.Project, error)
	move    func(*setup) error                        // takes the gateway to its address
	apply   func(plan) (remark string)                // all else that a plan says
	watch   func(p *project.Project, inputs []string) // follows other files
	heeds   func(service string) bool                 // a change leads to another process now

	wake chan struct{} // holds one token when asked is not empty

	mu    sync.Mutex
	asked []event.Cause // not yet taken up

	broken bool // the files on disk are not what runs; owned by run
}

// ask has the project read again. It never waits.
func (r *reloader) ask(edit event.Cause) {
	r.mu.Lock()
	r.asked = append(r.asked, edit)
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// taken is all that was asked since it was last called, as one edit.
func (r *reloader) taken() event.Cause {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := event.Cause{By: event.Edit}
	for _, edit := range r.asked {
		all = all.And(edit)
	}
	r.asked = nil
	return all
}

// run takes up what is asked until ctx ends. From then on nothing takes effect
// any more, however long a file still takes to be read.
// A save that comes with the end is not taken up.
func (r *reloader) run(ctx context.Context) error {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-r.wake:
			r.take(ctx, r.taken().What())
		}
	}
	return nil
}

// take reads the project again. What is valid takes effect; what is not is shown
// and changes nothing.
func (r *reloader) take(ctx context.Context, changed string) {
	before := r.current.setup()
	// load may return a project beside an error: what it has understood of a broken file.
	p, err := r.load(ctx, optionsFor(r.source, before))
	if ctx.Err() != nil {
		return // on the way down; what was read may be half of it
	}
	var d plan
	if err == nil {
		if d = diff(before, p); d.moved {
			// First the gateway: it is the one step that can fail, and nothing has
			// changed then.
			err = r.move(d.after)
		}
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		r.refuse(changed, before, p, err)
	default:
		// Asked before apply: afterwards states have moved on already.
		summary := d.summary(r.heeds) // as long as everything is as it was
		remarks := d.remarks()
		if remark := r.apply(d); remark != "" {
			remarks = append(remarks, remark)
		}
		r.tell(changed, summary, remarks)
	}
}

// optionsFor are those of the start, with what was chosen since.
func optionsFor(source project.Options, before *setup) project.Options {
	o := source
	// Before keeps what was chosen at the start: ports of "auto" do not change with each
	// save.
	o.File, o.Ports, o.Before = before.Path, map[string]int{}, before.Project
	if before.Made != nil {
		o.File = "" // there is none yet
	}
	if before.ChoosesGateway() {
		o.GatewayPort = before.Port
	}
	o.Block, o.Label = before.Block, before.Label
	for _, service := range before.Services {
		if service.Service.Port.Auto || before.Moved() {
			o.Ports[service.Name] = service.Port
		}
	}
	return o
}

// refuse shows what is wrong. The files that the broken project names are
// watched as well: one of them may be what is missing.
func (r *reloader) refuse(changed string, before *setup, p *project.Project, err error) {
	r.broken = true
	inputs := before.Inputs
	if p != nil {
		inputs = union(inputs, p.Inputs)
	}
	// The old project's targets go on, together with the new inputs.
	r.watch(before.Project, inputs)
	r.say("", changed+" changed, but "+logmux.Bad("it cannot be used")+"; everything keeps running as it was\n"+err.Error())
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// tell says what a plan leads to.
func (r *reloader) tell(changed, summary string, remarks []string) {
	word := " changed: "
	if r.broken {
		word = " is valid again: "
	}
	r.broken = false
	r.say("", "↻ "+changed+word+summary)
	for _, remark := range remarks {
		r.say("", remark)
	}
}
