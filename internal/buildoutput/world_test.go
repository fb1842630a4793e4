package buildoutput

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// world is a project in virtual time: people and builds that write files, a
// watcher that tells of them late, a supervisor that builds and restarts, and a
// Ledger between the two.
type world struct {
	t        *testing.T
	rnd      *rand.Rand
	now      time.Time
	queue    []appointment
	ledger   *Ledger
	services map[string]*fakeService
	files    map[string]*fakeFile
	counter  uint64
	log      []string
}

// appointment is something that happens at a time.
type appointment struct {
	at time.Time
	do func()
}

func newWorld(t *testing.T, seed uint64, services ...*fakeService) *world {
	w := &world{
		t: t, rnd: rand.New(rand.NewPCG(seed, 1)), now: time.Unix(1_000_000, 0), ledger: New(nil),
		services: map[string]*fakeService{}, files: map[string]*fakeFile{},
	}
	for _, s := range services {
		w.services[s.name] = s
		s.known, s.pending = map[string]uint64{}, map[string]span{}
	}
	return w
}

func (w *world) after(d time.Duration, do func()) {
	w.queue = append(w.queue, appointment{w.now.Add(d), do})
}

// run lets time pass.
func (w *world) run(d time.Duration) {
	end := w.now.Add(d)
	for {
		next := -1
		for i, a := range w.queue {
			if next < 0 || a.at.Before(w.queue[next].at) {
				next = i
			}
		}
		wake, waits := w.ledger.Next()
		switch {
		case waits && !wake.After(end) && (next < 0 || wake.Before(w.queue[next].at)):
			w.now = later(w.now, wake)
			w.obey(w.ledger.Wake(w.now))
		case next >= 0 && !w.queue[next].at.After(end):
			a := w.queue[next]
			w.queue = slices.Delete(w.queue, next, next+1)
			w.now = later(w.now, a.at)
			a.do()
		default:
			w.now = end
			return
		}
	}
}

func (w *world) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf("%8.3f ", w.now.Sub(time.Unix(1_000_000, 0)).Seconds())+fmt.Sprintf(format, args...))
}

// write changes a file; by is the service whose build does so, or "".
func (w *world) write(path string, content uint64, by string) {
	f := w.files[path]
	if f == nil {
		f = &fakeFile{}
		w.files[path] = f
	}
	f.content, f.written, f.by = content, w.now, by
	f.blurred = by == "" && slices.ContainsFunc(slices.Collect(maps.Values(w.services)), func(s *fakeService) bool { return s.blurs(path, w.now) })
	w.note("%s written by %q", path, by)
	for _, s := range w.services {
		if s.watches(path) {
			s.pending[path] = span{cmp.Or(s.pending[path].first, w.now), w.now}
			w.watchLater(s, min(300*time.Millisecond, time.Duration(36+5*len(s.pending))*time.Millisecond)+w.upTo(30*time.Millisecond))
		}
	}
}

func (w *world) upTo(d time.Duration) time.Duration { return time.Duration(w.rnd.Int64N(int64(d) + 1)) }

func (s *fakeService) watches(path string) bool {
	return slices.ContainsFunc(s.watch, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

// blurs reports whether the service's build writes a file at a time, or about then.
func (s *fakeService) blurs(path string, at time.Time) bool {
	return s.newest != nil && slices.ContainsFunc(s.newest.planned[path], func(planned time.Time) bool {
		return at.Sub(planned).Abs() <= 2*strict
	})
}

// watchLater tells of what a service's watch has seen, once it is quiet.
func (w *world) watchLater(s *fakeService, quiet time.Duration) {
	at := w.now.Add(quiet)
	s.settleAt = at
	w.after(quiet, func() {
		if s.settleAt.Equal(at) {
			w.tell(s)
		}
	})
}

func (w *world) tell(s *fakeService) {
	for path := range s.pending {
		if f := w.files[path]; f.content == 0 && w.now.Sub(f.written) < 150*time.Millisecond {
			w.watchLater(s, 150*time.Millisecond-w.now.Sub(f.written)) // it may come back
			return
		}
	}
	var writes []Write
	for _, path := range slices.Sorted(maps.Keys(s.pending)) {
		f := w.files[path]
		if f.content != 0 || s.known[path] != 0 {
			writes = append(writes, Write{Path: path, First: s.pending[path].first, At: f.written, Before: s.known[path], After: f.content})
		}
		s.known[path] = f.content
	}
	clear(s.pending)
	if len(writes) > 0 {
		w.obey(w.ledger.Written(s.name, w.now, writes))
	}
}

func (w *world) obey(verdicts []Verdict) {
	for _, v := range verdicts {
		w.note("verdict %v", v)
		if s := w.services[v.Service]; v.Kind == Change || v.Kind == Control {
			s.due = earlier(s.due, w.now.Add(v.Wait))
			w.after(v.Wait, func() {
				if !s.due.IsZero() && !w.now.Before(s.due) { // else another one has taken it along
					s.due = time.Time{}
					w.change(s)
				}
			})
		}
	}
}

// change does what a supervisor does: it builds, instead of a build that runs, and
// then restarts.
func (w *world) change(s *fakeService) {
	if s.takes == 0 {
		w.restart(s)
		return
	}
	if b := s.building; b != nil {
		b.ended = true
		w.ledger.Ended(s.name, w.now, CutOff)
	}
	w.build(s, true)
}

func (w *world) restart(s *fakeService) {
	s.started = append(s.started, w.now)
	w.ledger.Started(s.name, w.now)
	for _, path := range s.onStart {
		w.after(300*time.Millisecond+w.upTo(5*time.Millisecond), func() { w.write(path, w.fresh(), "") })
	}
}

func (w *world) fresh() uint64 { w.counter++; return 1000 + w.counter }

func (w *world) vary(d time.Duration, part float64) time.Duration {
	return time.Duration(float64(d) * (1 + part*(2*w.rnd.Float64()-1)))
}

func (w *world) build(s *fakeService, asked bool) {
	b := &fakeBuild{planned: map[string][]time.Time{}}
	s.building, s.newest = b, b
	s.builds = append(s.builds, w.now)
	began, takes := w.now, w.vary(s.takes, 0.1)
	w.note("%s builds", s.name)
	w.ledger.Began(s.name, w.now, asked)
	for _, write := range s.writes {
		at := w.vary(time.Duration(write.at*float64(takes)), s.jitter)
		switch {
		case write.exact > 0:
			at = w.vary(write.exact, s.jitter)
		case write.exact < 0:
			at = takes - w.vary(-write.exact, s.jitter)
		}
		at = max(0, min(at, takes))
		b.planned[write.path] = append(b.planned[write.path], w.now.Add(at))
		w.after(at, func() {
			if !b.ended {
				w.generate(s, write)
			}
		})
	}
	fails := w.rnd.Float64() < s.fails
	if fails {
		takes /= 2
	}
	w.after(takes, func() {
		if b.ended {
			return
		}
		b.ended = true
		if fails {
			s.building, s.whole = nil, began // it has seen all that was written before
			w.note("the build of %s fails", s.name)
			w.ledger.Ended(s.name, w.now, Failed)
			return
		}
		s.building, s.whole = nil, began
		w.note("%s is built", s.name)
		w.ledger.Ended(s.name, w.now, Succeeded)
		w.restart(s)
	})
}

// generate is one write of a build.
func (w *world) generate(s *fakeService, write fakeWrite) {
	content := w.fresh()
	switch {
	case write.gone:
		content = 0
	case write.steady != "":
		content = 7
		if f := w.files[write.steady]; f != nil {
			content = 7 + f.content*1_000_003
		}
	}
	if f := w.files[write.path]; write.lazy && f != nil && f.content == content {
		return
	}
	path := write.path
	if write.hashed {
		path = fmt.Sprint(path, "-", content)
		for old, f := range w.files {
			if strings.HasPrefix(old, write.path+"-") && old != path && f.content != 0 {
				w.write(old, 0, s.name)
			}
		}
	}
	w.write(path, content, s.name)
}

// holds is a file that was there before everything.
func (w *world) holds(path string) {
	f := &fakeFile{content: w.fresh(), written: w.now.Add(-time.Hour)}
	w.files[path] = f
	for _, s := range w.services {
		if s.watches(path) {
			s.known[path] = f.content
		}
	}
}

// up starts everything.
func (w *world) up() {
	for _, name := range slices.Sorted(maps.Keys(w.services)) {
		if s := w.services[name]; s.takes > 0 {
			w.build(s, false)
		} else {
			w.restart(s)
		}
	}
}

func (w *world) all() (n int) {
	for _, s := range w.services {
		n += len(s.builds)
	}
	return n
}

// lost returns what somebody has written that no process was made from: for a
// service that is built, no build that began later and was not cut off.
func (w *world) lost() (all []string) {
	for _, path := range slices.Sorted(maps.Keys(w.files)) {
		f := w.files[path]
		for _, s := range w.services {
			if !s.watches(path) || f.by == s.name || f.content == 0 || f.blurred || f.by != "" && w.knows(s.name, path) {
				continue
			}
			taken := s.whole
			if s.takes == 0 {
				taken = s.started[len(s.started)-1]
			}
			if taken.Before(f.written) {
				all = append(all, fmt.Sprintf("%s for %s", path, s.name))
			}
		}
	}
	return all
}

// knows reports whether a file is known to be written by a build.
func (w *world) knows(service, path string) bool {
	return slices.ContainsFunc(w.ledger.Outputs(), func(o Output) bool { return o.Service == service && o.Path == path })
}
