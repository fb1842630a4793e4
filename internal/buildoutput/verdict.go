package buildoutput

import (
	"slices"
	"time"
)

// Kind is what a Verdict is about.
type Kind uint8

// The kinds of verdicts. The zero Kind is Change.
const (
	Change    Kind = iota // the files count as changed: tell the supervisor
	Control               // build the service once more, for the sake of finding out
	Learned               // the build of By writes the file: it is no change any more
	Forgotten             // somebody has edited the file: it is a change again
	Unclear               // each build writes the file, and each at another moment
	Rewritten             // the service itself writes the file each time it starts
)

// Verdict is something to do, or to say.
type Verdict struct {
	Kind    Kind
	Service string   // whose watch has the files
	Files   []string // one, unless Kind is Change or Control
	By      string   // Learned and Unclear: the service whose build writes the file
	// Wait is how long a Change is put off: as a crash would be, or to see what
	// happens; 0: not at all. Another Change of the service takes it along.
	Wait time.Duration
}

// delay is how much later a build begins that is to show something.
const delay = 400 * time.Millisecond

// delay puts off a change of a service, if there is one.
func (v verdicts) delay(t *target) bool {
	for i := range v {
		if v[i].Kind == Change && v[i].Service == t.name {
			v[i].Wait = max(v[i].Wait, delay)
			return true
		}
	}
	return false
}

// verdicts collects what is decided, with one Change and one Control for each
// service.
type verdicts []Verdict

// has reports whether a file is the last of those of a kind.
func (v *verdicts) has(kind Kind, f *file) bool {
	return slices.ContainsFunc(*v, func(one Verdict) bool {
		return one.Kind == kind && one.Service == f.target.name && one.Files[len(one.Files)-1] == f.path
	})
}

// add adds a file to those of a kind, once: several writes of it come one after the
// other.
func (v *verdicts) add(kind Kind, f *file) {
	if v.has(kind, f) {
		return
	}
	for i := range *v {
		if old := &(*v)[i]; old.Kind == kind && old.Service == f.target.name && (kind == Change || kind == Control) {
			old.Files = append(old.Files, f.path)
			return
		}
	}
	*v = append(*v, Verdict{Kind: kind, Service: f.target.name, Files: []string{f.path}})
}
