package watch

import (
	"cmp"
	"errors"
	"hash/maphash"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// session is one Run. All of it belongs to the goroutine that called Run.
type session struct {
	w      *Watcher
	stop   <-chan struct{} // closed when Run is to return
	plan   *plan
	tree   *tree
	seed   maphash.Seed
	reader *reader
	pump   *pump
	system *fsnotify.Watcher // nil: there are no events at all

	bursts map[string]*burst // by target
	outbox []Change          // not yet delivered; one for each target at most
	stale  bool              // a .gitignore has changed, or the way to a file
	strays bool              // a way to a file may have changed
	lost   bool              // events are missing

	hinted  map[string]bool // patterns that were looked at
	limited bool            // the line about a limit was written
	failed  bool            // the line about an error was written
	polled  time.Time       // when folders were last polled
	pause   time.Duration
	rescued time.Time // when all was last compared
}

// newSession prepares a Run.
func newSession(w *Watcher, stop <-chan struct{}) (*session, error) {
	p, err := newPlan(w.Root, w.Targets)
	if err != nil {
		return nil, err
	}
	s := &session{w: w, stop: stop, seed: maphash.MakeSeed(), pump: newPump(nil, nil), bursts: map[string]*burst{}, hinted: map[string]bool{}}
	s.reader = newReader(s.seed)
	s.pause = cmp.Or(w.Poll, defaultPoll)
	s.tree = newTree(s.connect())
	s.tree.refused, s.tree.quiet, s.tree.replaced, s.tree.again = s.refused, s.quiet, s.release, s.rescan
	if w.hooks.silent != nil {
		s.tree.kind = w.hooks.silent
	}
	s.adopt(p)
	if w.hooks.session != nil {
		w.hooks.session(s)
	}
	return s, nil
}

// connect opens the system's event queue. Nil: all is polled.
func (s *session) connect() notifier {
	if s.w.Poll != 0 {
		return nil
	}
	var err error
	if s.system, err = fsnotify.NewWatcher(); err != nil {
		s.refused(s.w.Root, err)
		return nil
	}
	s.pump = newPump(s.system.Events, s.system.Errors)
	if s.w.hooks.pump != nil {
		s.w.hooks.pump(s.pump)
	}
	if s.w.hooks.wrap != nil {
		return s.w.hooks.wrap(s.system)
	}
	return s.system
}

// adopt makes p the plan, and drops what only the old one wanted.
func (s *session) adopt(p *plan) {
	s.plan = p
	bursts := map[string]*burst{}
	for _, scope := range p.scopes {
		b := s.bursts[scope.Name]
		if b == nil {
			b = s.w.newBurst()
		}
		for path := range b.pending {
			if !scope.wantsFile(path) && !scope.wantsFolder(path) {
				delete(b.pending, path)
			}
		}
		bursts[scope.Name] = b
	}
	s.bursts = bursts
	s.outbox = slices.DeleteFunc(s.outbox, func(c Change) bool { return bursts[c.Name] == nil })
}

// run watches until it is stopped and waits for the goroutines.
func (s *session) run(changed func(Change)) {
	var group sync.WaitGroup
	out := make(chan Change)
	group.Go(func() {
		for c := range out {
			changed(c)
		}
	})
	if s.system != nil {
		group.Go(s.pump.run)
	}
	s.survey(false)
	if !s.stopped() {
		close(s.w.ready)
		s.hint()
		s.loop(out)
	}
	close(out)
	if s.system != nil {
		_ = s.system.Close() // ends the pump
	}
	group.Wait()
}

// stopped reports whether Run is to return.
func (s *session) stopped() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// loop takes what comes until it is stopped.
func (s *session) loop(out chan<- Change) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		s.settle()
		timer.Reset(time.Until(s.wake()))
		to, head := out, Change{}
		if len(s.outbox) == 0 {
			to = nil
		} else {
			head = s.outbox[0].trim(cmp.Or(s.w.MaxFiles, 20))
		}
		select {
		case <-s.stop:
			return
		case to <- head:
			s.outbox = s.outbox[1:]
		case u := <-s.w.updates:
			s.update(u)
		case <-s.pump.wake:
		case <-timer.C:
			s.poll()
		}
		s.absorb(s.pump.take())
	}
}

// wake returns when there is something to do even if nothing happens.
func (s *session) wake() time.Time {
	if s.stale {
		return time.Now()
	}
	at := time.Now().Add(time.Hour)
	for _, b := range s.bursts {
		if due, ok := b.wake(); ok && due.Before(at) {
			at = due
		}
	}
	if next, ok := s.nextPoll(); ok && next.Before(at) {
		at = next
	}
	if s.lost {
		if next := s.rescued.Add(rescuePause); next.Before(at) {
			at = next
		}
	}
	return at
}

// gitPause is how often Git is asked whether it is done.
const gitPause = 20 * time.Millisecond

// gitWorks reports whether Git is in the middle of a checkout, a merge, a stash:
// however long it pauses, more changes are to come. A lock that is older than
// the longest burst was left by a Git that was killed, or waits for a person.
func (s *session) gitWorks(now time.Time) bool {
	return slices.ContainsFunc(s.plan.locks, func(lock string) bool {
		made := stampsOf(lock).changed
		return made != 0 && now.Sub(time.Unix(0, made)).Abs() < cmp.Or(s.w.Cap, defaultCap)
	})
}

// settle makes Changes of the bursts that are over.
func (s *session) settle() {
	for name, b := range s.bursts {
		now := time.Now()
		if due, ok := b.wake(); !ok || now.Before(due) {
			continue
		}
		if s.gitWorks(now) && !b.forced(now) {
			b.hold(now.Add(gitPause))
			continue
		}
		files, at := b.settle(now, func(path string) state { return s.look(name, path) })
		if len(files) > 0 {
			s.post(name, files, at)
		}
	}
}

// post puts a Change into the outbox.
func (s *session) post(name string, paths []string, at time.Time) {
	c := Change{Name: name, At: at}
	for _, path := range paths {
		c.Files = append(c.Files, relative(s.w.Root, path))
	}
	slices.Sort(c.Files)
	i := slices.IndexFunc(s.outbox, func(o Change) bool { return o.Name == name })
	if i < 0 {
		s.outbox = append(s.outbox, c)
		return
	}
	s.outbox[i] = s.outbox[i].merge(c)
}

// look reads a file for one target. What is news to the others they are told:
// the event that would have done so may come after this and find nothing new.
func (s *session) look(name, path string) state {
	now, before := s.reader.read(path), s.tree.state(path)
	if now.kind != absent && s.catchUp(path) {
		now = s.reader.read(path)
	}
	if !now.same(before) {
		for _, owner := range s.plan.owners(path) {
			if _, knows := s.bursts[owner].pending[path]; !knows && owner != name {
				s.bursts[owner].add(path, before, time.Now())
			}
		}
	}
	s.tree.set(path, now)
	return now
}

// catchUp watches the folder of a file if nobody knows that it is there again:
// the event that should have told was lost, or is still to come. It reports
// whether there is anything to know.
func (s *session) catchUp(path string) bool {
	dir := filepath.Dir(path)
	return s.tree.folders[dir] == nil && s.plan.wantsFolder(dir) && s.tree.open(dir) != nil
}

// pend notes that a file may have changed from what it held before.
func (s *session) pend(path string, before state, n notice) {
	for _, owner := range s.plan.owners(path) {
		b := s.bursts[owner]
		b.add(path, before, n.first)
		b.add(path, before, n.last)
	}
}

// recall is pend for the targets that watched path when it held before: others
// begin with what it holds now.
func (s *session) recall(path string, before state, n notice) {
	for _, scope := range s.plan.scopes {
		if scope.wantsFile(path) && scope.knew(path) {
			s.bursts[scope.Name].add(path, before, n.first)
		}
	}
}

// absorb works through a batch of events.
func (s *session) absorb(got batch) {
	notices := map[string]notice{}
	for name, n := range got.notices {
		for _, path := range s.tree.paths(name) {
			notices[path] = n
		}
	}
	paths := sortedKeys(notices)
	for _, path := range paths {
		if notices[path].op.Has(fsnotify.Create) || notices[path].op.Has(fsnotify.Remove) || notices[path].op.Has(fsnotify.Rename) {
			s.release(path)
		}
	}
	for _, path := range paths {
		s.notice(path, notices[path])
	}
	if len(paths) > 0 {
		s.anchor()
	}
	s.mend(got.err)
}

// mend looks again at more than events told of: everything after a loss, and
// what the plan now wants after a change of the rules.
func (s *session) mend(err error) {
	if err != nil {
		s.lost = true
		if !errors.Is(err, fsnotify.ErrEventOverflow) && !s.failed {
			s.failed = true
			s.w.logf("reading file events: %v; comparing all watched files", err)
		}
	}
	if s.lost && time.Since(s.rescued) >= rescuePause {
		s.rescue()
	}
	s.stray()
	if s.stale {
		s.stale = false
		s.reread()
	}
}

// notice works on one path that events told of.
func (s *session) notice(path string, n notice) {
	if filepath.Base(path) == ".gitignore" {
		s.stale = true
	}
	tracked := s.tree.folders[path] != nil
	if (tracked || s.plan.wantsFolder(path)) && s.isFolder(path) {
		// A folder that is known, and neither new nor replaced, has told of
		// itself: its mode has changed, or on macOS what is in it.
		how := live
		if tracked {
			how = refresh
		}
		s.scan(path, &visit{how: how, at: n})
	}
	s.pend(path, s.tree.state(path), n)
	s.step(path, n)
}

// step notes that something has happened on the way to named files.
func (s *session) step(path string, n notice) {
	for _, file := range s.plan.trails.steps[path] {
		s.strays = true
		if file != path {
			s.pend(file, s.tree.state(file), n)
		}
	}
}

// stray has the ways to named files read again if they have changed.
func (s *session) stray() {
	if s.strays {
		s.strays = false
		s.stale = s.stale || s.plan.trails.strayed()
	}
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
