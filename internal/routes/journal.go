package routes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

const (
	// journalMax bounds what a journal keeps.
	journalMax = 2000
	// examplesMax is how many paths it keeps of those that differ only in what names
	// single things.
	examplesMax = 8
)

// Journal keeps what was observed, each thing once. What is kept does not grow with the traffic
// but with the number of ways in which it was answered. Its methods may be
// called from any goroutine.
type Journal struct {
	mu       sync.Mutex
	seen     map[key]struct{}
	examples map[uint64]int // how many of a shape, see shapeOf
	all      []Observation
	pages    map[string]bool   // backends that have shown a page for unknown paths
	services map[string]string // what each was started with, as a fingerprint
	dirty    chan struct{}     // holds one when something is not saved
}

// key is what makes two observations one. Strings of a request are compared and
// not kept unless it is new.
type key struct {
	method, path, backend string
	strong, page          bool
	refused               uint64 // a fingerprint of the set
}

func keyOf(o *Observation) key {
	k := key{o.Method, o.Path, o.Backend, o.Strong, o.Page, 0}
	for _, name := range o.Refused {
		k.refused += hash(name) // their order says nothing
	}
	return k
}

// NewJournal returns an empty one.
func NewJournal() *Journal {
	return &Journal{
		seen: map[key]struct{}{}, examples: map[uint64]int{}, pages: map[string]bool{}, services: map[string]string{},
		dirty: make(chan struct{}, 1),
	}
}

// Observe takes in what was observed. It keeps nothing of o.
func (j *Journal) Observe(o *Observation) {
	k := keyOf(o)
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, known := j.seen[k]; known || len(j.all) >= journalMax || !observable(o.Path) || IsDevOnly(o.Path) {
		return
	}
	if o.Page {
		j.pages[o.Backend] = true
	}
	if j.pages[o.Backend] && isSource(o.Path) {
		return
	}
	j.add(*o)
}

// add keeps a new observation if there are not enough of its kind.
func (j *Journal) add(o Observation) {
	shape := shapeOf(&o)
	if j.examples[shape] == examplesMax {
		return
	}
	j.examples[shape]++
	// They are parts of the heads of a request and its answer, which would be kept with
	// them.
	o.Method, o.Path, o.Type = strings.Clone(o.Method), strings.Clone(o.Path), strings.Clone(o.Type)
	o.Refused = slices.Clone(o.Refused)
	slices.Sort(o.Refused)
	j.seen[keyOf(&o)] = struct{}{}
	j.all = append(j.all, o)
	j.changed()
}

// shapeOf is a fingerprint of what observations of a kind have in common: all but what
// names single things in the path. It is taken of each request whose path is new,
// so it makes no texts.
func shapeOf(o *Observation) uint64 {
	h := hash(o.Method)
	for _, text := range [...]string{o.Backend, said(o.Strong), said(o.Page)} {
		h = hashOn(h*31, text)
	}
	rest, more := strings.TrimPrefix(o.Path, "/"), true
	for more {
		var s string
		s, rest, more = strings.Cut(rest, "/")
		if s = unescape(s); general(s) {
			s = "*"
		}
		h = hashOn(h*31, s)
	}
	return h
}

// hash is FNV-1a.
func hash(s string) uint64 { return hashOn(14695981039346656037, s) }

// hashOn goes on with h.
func hashOn(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// Changed receives when there is something that was not [Journal.Encode]d.
func (j *Journal) Changed() <-chan struct{} { return j.dirty }

func (j *Journal) changed() {
	select {
	case j.dirty <- struct{}{}:
	default: // it is known
	}
}

// Begin says what each service is started with, as a fingerprint of its own. What
// was observed of one that is gone, or was another program then, is forgotten.
func (j *Journal) Begin(services map[string]string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := j.services
	j.services = maps.Clone(services)
	stale := func(name string) bool {
		now, is := services[name]
		was, known := before[name]
		return name != Static && (!is || known && was != now)
	}
	kept := slices.DeleteFunc(slices.Clone(j.all), func(o Observation) bool {
		return stale(o.Backend) || slices.ContainsFunc(o.Refused, stale)
	})
	if len(kept) < len(j.all) || !maps.Equal(before, services) {
		j.changed()
	}
	j.refill(kept)
}

// refill has the journal hold these alone.
func (j *Journal) refill(list []Observation) {
	clear(j.seen)
	clear(j.examples)
	clear(j.pages)
	j.all = nil
	for _, o := range list {
		j.pages[o.Backend] = j.pages[o.Backend] || o.Page
		j.add(o)
	}
}

// Observations returns what is kept, sorted.
func (j *Journal) Observations() []Observation {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := slices.Clone(j.all)
	slices.SortFunc(all, compare)
	return all
}

// file is the form in which a journal outlives its process.
type file struct {
	Version  int               `json:"version"`
	Services map[string]string `json:"services"`
	Observed []Observation     `json:"observed"`
}

const fileVersion = 1

// Encode returns the journal as a text: the same for the same observations.
func (j *Journal) Encode() ([]byte, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f := file{fileVersion, j.services, slices.Clone(j.all)}
	slices.SortFunc(f.Observed, compare)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(f); err != nil {
		return nil, fmt.Errorf("encode observations: %w", err)
	}
	return b.Bytes(), nil
}

// Decode reads what Encode wrote. Of a text that is none, or one of another version, it
// is an error beside an empty journal: all of it can be observed again.
func Decode(text []byte) (*Journal, error) {
	j := NewJournal()
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return j, fmt.Errorf("decode observations: %w", err)
	}
	if f.Version != fileVersion {
		return j, fmt.Errorf("decode observations: they are of version %d, not %d", f.Version, fileVersion)
	}
	f.Observed = slices.DeleteFunc(f.Observed, func(o Observation) bool {
		return !observable(o.Path) || o.Method == "" || o.Backend == ""
	})
	j.refill(f.Observed[:min(len(f.Observed), journalMax)])
	if f.Services != nil {
		j.services = f.Services
	}
	select {
	case <-j.dirty: // it is what is written already
	default:
	}
	return j, nil
}

// FileIn is where the journal of a project lies.
func FileIn(root string) string { return filepath.Join(root, ".devgate", "observed.json") }
