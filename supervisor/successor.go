package supervisor

import (
	"context"
	"fmt"
	"time"

	"devgate/internal/event"
)

// RetireLimit is how long the running requests of a replaced process may delay
// its stop signal. Nobody waits for it: the new process serves already.
const RetireLimit = 30 * time.Second

// succeed begins a run beside the process.
func (s *service) succeed() {
	s.disarm() // of a successor before this one
	s.successor = s.newRun(nil)
	s.successor.asked = time.Now()
	s.notice("starting the new version; the old one keeps running")
	s.armNotice(slowStart)
	s.armNotice(verySlowStart)
	go s.successor.main() // its end is waited for by who retires it
}

// hearSuccessor acts on what the run beside the process tells. Its failure is
// the successor's end; the process knows nothing of it.
func (s *service) hearSuccessor(m message) {
	switch {
	case m.what == said:
		s.notice(m.text)
	case m.what == exited:
		s.loseSuccessor(m.exit.String())
	case m.what == failed:
		s.loseSuccessor(m.text)
	case m.what == spawned:
		s.successor.spawned = time.Now()
	case m.what == reported && m.in == inReady:
		s.apply(inSuccessorReady)
	}
}

func (s *service) loseSuccessor(why string) {
	s.disarm()
	s.apply(inSuccessorLost)
	s.drop()
	s.tellUpdateFailed(fmt.Sprintf("the new version did not become ready (%s)", why))
}

// hearRetired forgets a run that is over.
func (s *service) hearRetired(m message) {
	switch {
	case m.what == said:
		s.notice(m.text)
	case m.what == reported && m.in == inGone:
		delete(s.retired, m.run)
		s.goneAll()
	}
}

// goneAll tells the machine that the run is over, once those beside it are.
func (s *service) goneAll() {
	if s.gone && (len(s.retired) == 0 || s.machine.state != event.Stopping) {
		s.apply(inGone)
	}
}

// switchOver lets the successor take the place of the process.
func (s *service) switchOver() {
	old := s.run
	s.run, s.successor = s.successor, nil
	if s.gone {
		s.gone = false
	} else {
		s.retire(old, s.machine.state == event.Ready)
	}
	s.view.PID, s.view.Port, s.began = s.run.pid(), s.run.spec.Port, s.run.spawned
	s.view.Restarts++
	if s.machine.state == event.Ready {
		s.enter()
		return
	}
	s.publish()
}

// drop ends the successor: it is not wanted any more.
func (s *service) drop() {
	s.retire(s.successor, false)
	s.successor = nil
}

// retire ends a run that nobody needs any more, beside whatever else goes on.
// One that has served may have requests to answer.
func (s *service) retire(r *run, served bool) {
	s.retired[r.n] = r
	hurry := s.hurry
	s.leaving.Go(func() {
		if served {
			r.drainUntil(hurry)
		}
		r.retire()
	})
}

// drainUntil waits for running requests, but not once hurry is closed.
func (r *run) drainUntil(hurry <-chan struct{}) {
	if r.spec.Drain == nil {
		return
	}
	ctx, cancel := context.WithTimeout(r.ctx, RetireLimit)
	defer cancel()
	drained := make(chan struct{})
	go func() { // ends with ctx at the latest
		defer close(drained)
		r.spec.Drain(ctx)
	}()
	select {
	case <-drained:
	case <-hurry:
		cancel()
		<-drained
	}
}

// hasten lets retired runs end without waiting for their requests.
func (s *service) hasten() {
	close(s.hurry)
	s.hurry = make(chan struct{})
}

// killRetired ends at once what a state without a process may still have beside
// it.
func (s *service) killRetired() {
	for _, r := range s.retired {
		r.kill()
	}
}

// retire ends the run as any other and returns when it is over.
func (r *run) retire() {
	r.end()
	grace := time.NewTimer(r.spec.grace())
	defer grace.Stop()
	select {
	case <-r.over:
		return
	case <-grace.C:
		r.kill()
	}
	<-r.over
}
