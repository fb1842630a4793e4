package watch

import (
	"path/filepath"
	"time"
)

// defaultPoll is how often folders are polled where events do not come.
const defaultPoll = 500 * time.Millisecond

// maxPoll bounds the pause where reading the folders is slow.
const maxPoll = 5 * time.Second

// nextPoll returns when folders are to be polled; false: none is.
func (s *session) nextPoll() (time.Time, bool) {
	return s.polled.Add(s.pause), s.tree.polled > 0
}

// poll compares the polled folders with what is known, if it is time to.
func (s *session) poll() {
	began := time.Now()
	if next, any := s.nextPoll(); !any || began.Before(next) {
		return
	}
	at := noticed()
	for _, dir := range sortedKeys(s.tree.folders) {
		f := s.tree.folders[dir]
		if f == nil || !f.polled {
			continue
		}
		if id, ok := identify(dir); !ok || id != f.id {
			s.release(dir) // the folder above finds what has taken its place
			continue
		}
		s.scan(dir, &visit{how: refresh, at: at})
	}
	s.anchor()
	s.follow(at)
	s.polled = time.Now()
	s.pause = pollPause(s.w.Poll, s.polled.Sub(began))
}

// follow compares the named files: what they lead to may be where no event comes
// from.
func (s *session) follow(at notice) {
	for path := range s.plan.trails.to {
		if s.tree.folders[filepath.Dir(path)] != nil {
			s.compare(path, s.tree.state(path), at)
		}
	}
	s.strays = true
}

// pollPause returns how long to wait after a poll that has taken some time, so
// that polling costs no more than a twentieth of one processor.
func pollPause(asked, cost time.Duration) time.Duration {
	if asked != 0 {
		return asked
	}
	return max(defaultPoll, min(20*cost, maxPoll))
}

// refused is told when a folder cannot be watched, and says so. A limit, once
// reached, is reached for all folders that follow: one line is enough.
func (s *session) refused(path string, err error) {
	text, is := limit(err)
	switch {
	case !is:
		s.w.logf("%s is polled every %v: it cannot be watched: %v", relative(s.w.Root, path), s.pause, err)
	case !s.limited:
		s.limited = true
		s.w.logf("folders from %s on are polled every %v: %s", relative(s.w.Root, path), s.pause, text)
	}
}

// quiet is told once for each file system that sends no events.
func (s *session) quiet(path, filesystem string) {
	s.w.logf("%s is polled every %v: it is on %s, which does not tell of changes that others make",
		relative(s.w.Root, path), s.pause, filesystem)
}
