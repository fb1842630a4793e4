package supervisor

import (
	"fmt"
	"time"

	"devgate/internal/event"
)

// startSuccessor begins a run beside the process.
func (s *service) startSuccessor() {
	s.disarm() // of a successor before this one
	s.successor = s.newRun()
	s.successor.wantedAt = time.Now()
	s.notice("starting the new version; the old one keeps running")
	s.armNotice(slowStart)
	s.armNotice(verySlowStart)
	s.runs.Go(s.successor.main)
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
		s.successor.spawnedAt = time.Now()
	case m.what == reported && m.in == inReady:
		s.apply(inSuccessorReady)
	}
}

func (s *service) loseSuccessor(why string) {
	s.disarm()
	s.dropSuccessor()
	s.apply(inSuccessorLost)
	s.tellUpdateFailed(fmt.Sprintf("the new version did not become ready (%s)", why))
}

// switchOver lets the successor take the place of the process.
func (s *service) switchOver() {
	old := s.run
	s.run, s.successor = s.successor, nil
	if !old.ending {
		s.end(old, RetireLimit)
	}
	s.view.PID, s.view.Port, s.began = s.run.pid(), s.run.spec.Port, s.run.spawnedAt
	s.view.Restarts++
	if s.machine.state == event.Ready {
		s.enter()
		return
	}
	s.publish()
}

// dropSuccessor ends the successor: it is not wanted any more.
func (s *service) dropSuccessor() {
	s.end(s.successor, 0)
	s.successor = nil
}
