package session

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"devgate/internal/project"
)

// plan is what a saved Devgatefile leads to. It is a value: making it changes
// nothing.
type plan struct {
	before, after *setup
	added         []*project.Service
	removed       []string
	renewed       []string // need another process
	rebuilt       []string // have another build command
	moved         bool     // the gateway, to another port or host
	notes         []string // about what has no effect, that were not there before
}

// diff finds what is different in the project p, and counts the versions up of
// what needs another process.
func diff(before *setup, p *project.Project) plan {
	d := plan{before: before, after: before.with(p)}
	d.moved = p.Port != before.Port || p.Host != before.Host
	for _, old := range before.Services {
		// From remote to local or back: it is taken out and put in, as nothing of it goes
		// on.
		if now := p.Service(old.Name); now == nil || isRemote(now) != isRemote(old) {
			d.removed = append(d.removed, old.Name)
		}
	}
	for _, now := range p.Services {
		old := before.Service(now.Name)
		// What was learned of its build is of another command then.
		if old != nil && fingerprint(old) != fingerprint(now) {
			d.rebuilt = append(d.rebuilt, now.Name)
		}
		switch {
		case old == nil || isRemote(now) != isRemote(old):
			d.added = append(d.added, now)
		// Which keys need another process is told by the table of the language, not here.
		case !isRemote(now) && p.NeedsProcess(now, old, before.Project):
			d.renewed = append(d.renewed, now.Name)
			d.after.versions[now.Name]++
		}
	}
	// Only new ones: after each save the old ones would be noise.
	known := notesOf(before.Project)
	d.notes = slices.DeleteFunc(notesOf(p), func(note string) bool { return slices.Contains(known, note) })
	return d
}

// notesOf are lines about what has no effect.
func notesOf(p *project.Project) (all []string) {
	for _, note := range p.Notes() {
		all = append(all, note.Error())
	}
	return all
}

// summary says in a few words what the plan does; heeds tells whether a service
// that needs another process gets one now.
func (d plan) summary(heeds func(service string) bool) string {
	var parts []string
	add := func(word string, names []string) {
		if len(names) > 0 {
			parts = append(parts, word+" "+strings.Join(names, ", "))
		}
	}
	// A clone, as the caller may ask for a summary and still apply the plan.
	add("restarts", slices.DeleteFunc(slices.Clone(d.renewed), func(name string) bool { return !heeds(name) }))
	var added []string
	for _, service := range d.added {
		name := service.Name
		if !d.after.started[name] {
			name += " (not started)"
		}
		added = append(added, name)
	}
	add("adds", added)
	add("removes", d.removed)
	return cmp.Or(strings.Join(parts, ", "), "nothing to restart")
}

// remarks are what there is to say beside the summary, a line each.
func (d plan) remarks() (all []string) {
	if d.after.URL != d.before.URL {
		all = append(all, fmt.Sprintf("the gateway moves to %s", d.after.URL))
	}
	if cascade := d.after.cascade(); cascade != d.before.cascade() {
		all = append(all, "the cascade is now "+cmp.Or(cascade, "empty"))
	}
	return append(all, d.notes...)
}
