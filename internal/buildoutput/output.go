package buildoutput

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

const (
	// MaxOutputs is how many outputs are remembered, and MaxSize how large the text
	// of them is at the most.
	MaxOutputs = 2000
	MaxSize    = 512 << 10
)

// Output is a file that is known to be written by a build, as it is remembered
// from one run of devgate to the next.
type Output struct {
	Service string `json:"service"` // whose watch has the file
	Path    string `json:"path"`
	By      string `json:"by"`               // the service whose build writes it
	Build   string `json:"build"`            // what is run for it; another command writes other files
	When    []When `json:"when"`             // each time that it writes it
	Always  bool   `json:"always,omitempty"` // each build writes it, not only one that finds it out of date
}

// When is a moment of a build, in milliseconds.
type When struct {
	Start int64 `json:"start"` // from its beginning
	End   int64 `json:"end"`   // until its end
	Of    int64 `json:"of"`    // how long it took
}

func (o Output) moments() (all []moment) {
	for _, w := range o.When {
		all = append(all, moment{milliseconds(w.Start), milliseconds(w.End), milliseconds(w.Of)})
	}
	return all
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// Outputs are what the ledger has learned, sorted; Build is left to the caller.
func (l *Ledger) Outputs() []Output {
	var all []Output
	for _, t := range l.targets {
		for _, f := range t.files {
			for by, ev := range f.by {
				if ev.own == nil {
					continue
				}
				o := Output{Service: t.name, Path: f.path, By: by, Always: ev.always}
				for _, m := range ev.own {
					o.When = append(o.When, When{m.start.Milliseconds(), m.end.Milliseconds(), m.of.Milliseconds()})
				}
				all = append(all, o)
			}
		}
	}
	slices.SortFunc(all, func(a, b Output) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Path, b.Path), cmp.Compare(a.By, b.By))
	})
	return all[:min(len(all), MaxOutputs)]
}

// version is that of the remembered form.
const version = 1

type remembered struct {
	Version int      `json:"version"`
	Outputs []Output `json:"outputs"`
}

// Encode writes outputs down; those that are too many are left out.
func Encode(outputs []Output) ([]byte, error) {
	text, err := json.Marshal(remembered{version, outputs})
	switch {
	case err != nil:
		return nil, fmt.Errorf("write outputs of builds: %w", err)
	case len(text) >= MaxSize:
		return Encode(outputs[:len(outputs)/2])
	}
	return append(text, '\n'), nil
}

// Decode reads what Encode has written. What it does not understand is nothing:
// all of it can be learned again.
func Decode(text []byte) []Output {
	var r remembered
	if json.Unmarshal(text, &r) != nil || r.Version != version {
		return nil
	}
	return slices.DeleteFunc(r.Outputs[:min(len(r.Outputs), MaxOutputs)], func(o Output) bool {
		return o.Service == "" || o.Path == "" || o.By == "" || len(o.When) == 0
	})
}
