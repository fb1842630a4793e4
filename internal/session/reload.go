package session

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/port"
	"devgate/internal/project"
	"devgate/procfile"
)

// reloader takes up a Devgatefile, or an env file, that was saved while devgate
// runs. One goroutine at a time calls take.
type reloader struct {
	s      *session
	broken bool // the files on disk are not what runs

	mu       sync.Mutex
	versions map[string]int // of services, by name: counts the processes that a reload made necessary
	places   map[string]int // ports by which the gateway knows backends, see place
}

func newReloader(s *session) *reloader {
	return &reloader{s: s, versions: map[string]int{}, places: map[string]int{}}
}

// version is the service's supervisor.Spec.Version.
func (r *reloader) version(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strconv.Itoa(r.versions[name])
}

// place is the port by which the gateway knows a backend: its first one. Where
// its process is now, its state says; were it told here, the gateway would leave
// a process that still serves while its successor is built.
func (r *reloader) place(service *project.Service) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.places[service.Name] == 0 {
		r.places[service.Name] = service.Port
	}
	return r.places[service.Name]
}

// take reads the project again. What is valid takes effect; what is not is shown
// and changes nothing.
func (r *reloader) take(changed string) {
	before := r.s.project()
	p, err := project.Load(r.s.ctx, r.options(before))
	if r.s.ctx.Err() != nil {
		return // on the way down; what was read may be half of it
	}
	if err == nil {
		err = r.move(before, p)
	}
	if err != nil {
		r.refuse(changed, before, p, err)
		return
	}
	was := r.broken
	r.broken = false
	r.put(changed, before, p, was)
}

// options are those of the start, with what was chosen since.
func (r *reloader) options(before *project.Project) project.Options {
	o := r.s.options.Source
	o.File, o.Ports, o.Before = before.Path, map[string]int{}, before
	if before.ChoosesGateway() {
		o.GatewayPort = before.Port
	}
	for _, service := range before.Services {
		if service.Service.Port.Auto {
			o.Ports[service.Name] = service.Port
		}
	}
	return o
}

// refuse shows what is wrong. The files that the broken project names are
// watched as well: one of them may be what is missing.
func (r *reloader) refuse(changed string, before, p *project.Project, err error) {
	r.broken = true
	inputs := before.Inputs
	if p != nil {
		inputs = union(inputs, p.Inputs)
	}
	r.watch(before, inputs)
	r.s.say("", changed+" changed, but "+bad("it cannot be used")+"; everything keeps running as it was\n"+err.Error())
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *reloader) watch(p *project.Project, inputs []string) {
	if err := r.s.watcher.Update(watchTargets(p, inputs)); err != nil {
		r.s.say("", err.Error())
	}
}

// move takes the gateway to the address that the new project names.
func (r *reloader) move(before, p *project.Project) error {
	if p.Port == before.Port && p.Host == before.Host {
		return nil
	}
	if p.Port != before.Port {
		if err := port.Check(p.Port); err != nil {
			return gatewayError(p, err)
		}
	}
	if err := r.s.gateway.Move(p.Host, p.Port); err != nil {
		return gatewayError(p, err)
	}
	return nil
}

// put makes p the project that runs. Whoever reads the project sees it before
// anything that follows from it happens.
func (r *reloader) put(changed string, before, p *project.Project, wasBroken bool) {
	s := r.s
	difference := r.compare(before, p)
	cascade := s.cascade()
	s.current.Store(p)
	s.printer.SetServices(s.names())
	r.watch(p, p.Inputs)
	if err := s.gateway.Reconfigure(s.gatewayConfig(p)); err != nil {
		s.say("", err.Error())
	}
	s.presetGateway(difference.added)
	started := s.startedAtFirst()
	s.sup.Reconcile(s.specs(p), slices.DeleteFunc(s.names(), func(name string) bool { return !started[name] }))
	if p.URL != before.URL {
		s.lock.Write(control.Record{PID: s.pid(), URL: p.URL, Socket: control.SocketPath(p.Root), Started: s.began})
	}
	r.tell(changed, cascade, difference, wasBroken)
}

// difference is what a reload leads to.
type difference struct {
	added           []*project.Service
	removed         []string
	restarted       []string
	urlBefore, url  string
	notes, oldNotes []string
}

// compare finds what is different, and counts the versions up of what needs
// another process.
func (r *reloader) compare(before, p *project.Project) (d difference) {
	d.urlBefore, d.url = before.URL, p.URL
	for _, note := range before.Notes() {
		d.oldNotes = append(d.oldNotes, note.Error())
	}
	for _, note := range p.Notes() {
		d.notes = append(d.notes, note.Error())
	}
	for _, old := range before.Services {
		if now := p.Service(old.Name); now == nil || isRemote(now) != isRemote(old) {
			d.removed = append(d.removed, old.Name)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, now := range p.Services {
		old := before.Service(now.Name)
		switch {
		case old == nil || isRemote(now) != isRemote(old):
			d.added = append(d.added, now)
		case !isRemote(now) && p.NeedsProcess(now, old, before):
			r.versions[now.Name]++
			if r.s.serviceNow(now.Name).HeedsChanges() {
				d.restarted = append(d.restarted, now.Name)
			}
		}
	}
	return d
}

func isRemote(service *project.Service) bool { return service.Kind() == procfile.Remote }

// tell says in one line what a reload leads to.
func (r *reloader) tell(changed, cascadeBefore string, d difference, wasBroken bool) {
	var parts []string
	add := func(word string, names []string) {
		if len(names) > 0 {
			parts = append(parts, word+" "+strings.Join(names, ", "))
		}
	}
	add("restarts", d.restarted)
	var added []string
	started := r.s.startedAtFirst()
	for _, service := range d.added {
		name := service.Name
		if !started[name] {
			name += " (not started)"
		}
		added = append(added, name)
	}
	add("adds", added)
	add("removes", d.removed)
	text := strings.Join(parts, ", ")
	if text == "" {
		text = "nothing to restart"
	}
	word := " changed: "
	if wasBroken {
		word = " is valid again: "
	}
	r.s.say("", "↻ "+changed+word+text)
	if d.url != d.urlBefore {
		r.s.say("", fmt.Sprintf("the gateway moves to %s", d.url))
	}
	if cascade := r.s.cascade(); cascade != cascadeBefore {
		r.s.say("", "the cascade is now "+cmp.Or(cascade, "empty"))
	}
	for _, note := range d.notes {
		if !slices.Contains(d.oldNotes, note) {
			r.s.say("", note)
		}
	}
}

// serviceNow is what is known of a service; a stopped one where nobody knows it.
func (s *session) serviceNow(name string) event.Service {
	all := s.bus.Snapshot()
	if i := slices.IndexFunc(all, func(e event.Service) bool { return e.Name == name }); i >= 0 {
		return all[i]
	}
	return event.Service{Name: name}
}
