package buildoutput

import "time"

// Kind is what a Verdict is about.
type Kind uint8

// The kinds of verdicts. The zero Kind is Change.
const (
	Change    Kind = iota // the files count as changed: tell the supervisor
	Control               // build the service once more, for the sake of finding out
	Learned               // the build of By writes the file: it is no change any more
	Forgotten             // somebody has edited the file: it is a change again
	Rewritten             // the service itself writes the file each time it starts
)

// Verdict is something to do, or to say.
type Verdict struct {
	Kind    Kind
	Service string   // whose watch has the files
	Files   []string // one, unless Kind is Change or Control
	By      string   // Learned only: the service whose build writes the file
	// Wait is how long a Change is put off, as a crash would be; 0: not at all.
	Wait time.Duration
}

// verdicts collects what is decided, with one Change and one Control for each
// service.
type verdicts []Verdict

func (v *verdicts) add(kind Kind, f *file) {
	for i := range *v {
		if old := &(*v)[i]; old.Kind == kind && old.Service == f.target.name && (kind == Change || kind == Control) {
			old.Files = append(old.Files, f.path)
			return
		}
	}
	*v = append(*v, Verdict{Kind: kind, Service: f.target.name, Files: []string{f.path}})
}
