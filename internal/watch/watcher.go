package watch

import (
	"cmp"
	"context"
	"io/fs"
	"slices"
	"sync"
	"time"
)

// Watcher watches the files of several targets with one walk and one connection
// to the system. Set the fields, then call Run once.
type Watcher struct {
	// Root is the absolute folder that names in Changes are relative to.
	Root string
	// Targets is what is watched; Update replaces it later.
	Targets []Target
	// Logf, if not nil, receives one line when folders have to be polled, with
	// the reason and what to do about it. It must not block.
	Logf func(format string, args ...any)

	// Debounce is how long a lone save must be quiet before its Change; 0: 36 ms.
	Debounce time.Duration
	// Cap is the longest time from the first event to its Change; 0: 2 s.
	Cap time.Duration
	// Absence is how long a file may be gone or empty before it has changed;
	// 0: 150 ms.
	Absence time.Duration
	// Poll, if not 0, is how often all folders are read instead of waiting for
	// events. 0: only folders without events are polled, every 500 ms, and less
	// often where that takes more than a twentieth of the time.
	Poll time.Duration
	// MaxFiles bounds the names in one Change; 0: 20.
	MaxFiles int
	// Rewrites asks for Changes of files that were written as they were, too.
	Rewrites bool
	// Except are files that are not watched, whatever their names are.
	Except []fs.FileInfo

	hooks hooks

	since time.Time // when changes begin to count; zero: with Run

	once    sync.Once
	ready   chan struct{}
	updates chan update
	mu      sync.Mutex // one Update at a time
}

// update is what Update hands to Run.
type update struct {
	targets []Target
	since   map[string]time.Time // when each was asked for, by the clock that stamps files
}

// hooks are for tests: faults that the system makes too rarely.
type hooks struct {
	source   func(root string) (*source, error) // instead of the system's event queue
	wrap     func(notifier) notifier            // stands between a tree and fsnotify
	pump     func(*pump)                        // prepares the pump
	silent   func(string) (string, bool)        // instead of asking the file system
	surveyed func(folders, watched, files int)  // called when a walk is complete
	observer func(*observer)                    // called before it runs
}

// init makes the channels.
func (w *Watcher) init() {
	w.once.Do(func() {
		w.ready = make(chan struct{})
		w.updates = make(chan update, 1)
	})
}

// Begin marks the moment from which changes count; else that is the start of
// Run. Who starts processes side by side with Run calls it before both, so that
// no change falls between the start of a process and that of Run.
//
// What was made in Root just before is not to count, so where the clock of the
// file system cannot tell the two apart, Begin waits for its next tick.
func (w *Watcher) Begin() {
	const pause = time.Millisecond
	for waited := time.Duration(0); waited < beginLimit; waited += pause {
		w.since = fileClock()
		if stampsOf(w.Root).written < w.since.UnixNano() {
			return
		}
		time.Sleep(pause)
	}
}

// beginLimit is how long Begin waits at most: a stamp may be far in the future.
const beginLimit = 30 * time.Millisecond

// Run watches until ctx is done, and then returns nil once its goroutines have
// ended. Another error is about a pattern that cannot be read. Changed is called
// from one goroutine at a time; while it runs, later Changes of a target are
// joined to one. Run waits for a call in progress; Changes not yet delivered
// when ctx is done are dropped.
func (w *Watcher) Run(ctx context.Context, changed func(Change)) error {
	if w.since.IsZero() {
		w.Begin()
	}
	w.init()
	s, err := newObserver(w, ctx.Done())
	if err != nil {
		return err
	}
	s.plan.follow(nil, func(string) time.Time { return w.since })
	s.run(changed)
	return nil
}

// Ready returns a channel that is closed when the first walk is complete.
// Changes made before that are not lost.
func (w *Watcher) Ready() <-chan struct{} {
	w.init()
	return w.ready
}

// Update replaces the targets, also while Run is running. It does not wait: the
// walk is made by Run. A target that stays as it is keeps what is known of its
// files, and every change of them is told once, whenever it was made. One that
// is new takes the disk as it is now for what it knows: what is written after
// the call counts, what was written before does not. For one with other patterns
// that holds for the files that it did not watch before. A target that is gone
// is told nothing more, but for a call in progress. The same targets in another
// order are no work. An error leaves all as it was.
//
// Who starts a process for a new target does so after Update has returned: then
// it has read, of every file, what the Watcher knows or something newer.
func (w *Watcher) Update(targets []Target) error {
	now := fileClock()
	if _, err := newPlan(w.Root, targets); err != nil {
		return err
	}
	u := update{since: map[string]time.Time{}}
	for _, t := range targets {
		u.targets = append(u.targets, t.clone())
		u.since[t.Name] = now
	}
	w.init()
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case old := <-w.updates: // not yet taken, and now out of date
		u.resume(old)
	default:
	}
	w.updates <- u
	return nil
}

// resume lets targets begin when an earlier update has asked for them.
func (u update) resume(old update) {
	for _, t := range u.targets {
		if slices.ContainsFunc(old.targets, t.equal) {
			u.since[t.Name] = old.since[t.Name]
		}
	}
}

// logf writes a line for the developer.
func (w *Watcher) logf(format string, args ...any) {
	if w.Logf != nil {
		w.Logf(format, args...)
	}
}

// defaultCap bounds how long a burst lasts.
const defaultCap = 2 * time.Second

// newBurst returns a burst with this Watcher's times.
func (w *Watcher) newBurst() *burst {
	return newBurst(cmp.Or(w.Debounce, loneQuiet), cmp.Or(w.Cap, defaultCap), cmp.Or(w.Absence, 150*time.Millisecond))
}
