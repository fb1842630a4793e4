package supervisor

import "time"

func (s *service) startRun() {
	if s.run != nil {
		// The first start is none.
		s.noteRestart(s.why)
	}
	// What the machine may do beside a process is decided by the spec that it starts
	// with.
	s.machine.overlaps = s.spec.Renew != nil
	s.run = s.newRun()
	s.view.Port = s.run.spec.Port
	s.runs.Go(s.run.main)
}

// newRun makes the next run. What the last build has made, it installs.
func (s *service) newRun() *run {
	s.started++
	r := newRun(s.started, s.spec, s.starter, s.box.put)
	r.cause, r.why = s.cause, s.why
	// staged is used up: a crash's next start runs what is installed already.
	r.install, s.staged = s.staged, false
	if s.spec.Renew == nil {
		return r
	}
	if spec, err := s.spec.Renew(); err != nil {
		// The run begins and fails in the way of every other, in its own goroutine.
		r.broken = err
	} else {
		r.spec = spec
	}
	return r
}

// end lets go of a run and tells it so; running requests may delay its stop
// signal for as long as drain.
func (s *service) end(r *run, drain time.Duration) {
	s.letGo(r)
	r.end(terms{drain, s.spec.grace()})
}

// letGo notes that a run is on its way out.
func (s *service) letGo(r *run) {
	r.ending = true
	s.ending[r.number] = r
}

// forget drops a run that is over.
func (s *service) forget(number int) {
	delete(s.ending, number)
	if len(s.ending) == 0 {
		s.apply(inGone)
	}
}

// hasten lets replaced processes end without waiting for their last requests.
func (s *service) hasten() {
	for _, r := range s.ending {
		r.setHurried()
	}
}

// kill ends at once whatever is left of the service.
func (s *service) kill() {
	// A run that is ending is among the others already.
	if !s.run.ending {
		s.letGo(s.run)
	}
	if s.successor != nil {
		s.letGo(s.successor)
		s.successor = nil
	}
	for _, r := range s.ending {
		r.kill()
	}
}
