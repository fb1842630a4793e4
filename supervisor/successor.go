package supervisor

import (
	"fmt"
	"time"

	"devgate/internal/event"
)

// startSuccessor begins a run beside the process.
func (s *service) startSuccessor() {
	// The notices of a slow start are about the newest; those of the state itself are
	// over, as it is ready.
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
	// spawned shows nothing yet: PID and Port of the view are those of what serves.
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
		// A check that passes again has nobody to tell: hearSuccessor is then not asked,
		// as the run is the service's.
		s.apply(inSuccessorReady)
	}
}

func (s *service) loseSuccessor(why string) {
	s.disarm()
	// Ended first: the machine counts it among what is ending.
	s.dropSuccessor()
	s.apply(inSuccessorLost)
	text := fmt.Sprintf("the new version did not become ready (%s)", why)
	s.noteFailed(text)
	s.tellUpdateFailed(text)
}

// switchOver lets the successor take the place of the process.
func (s *service) switchOver() {
	// From here on its messages are those of the service's own run.
	old := s.run
	s.run, s.successor = s.successor, nil
	// The successor has been running for a while: its own times count.
	s.view.PID, s.view.Port, s.began = s.run.pid(), s.run.spec.Port, s.run.spawnedAt
	s.view.Started = s.began
	s.view.Outdated = false
	s.noteRestart(s.run.why)
	if s.machine.state == event.Ready {
		// Entered again: whoever watches learns of a new Since, PID and Port.
		s.enter()
	} else {
		// It is not ready yet: the state is starting, and was entered by apply.
		s.publish()
	}
	// Behind it, as the drain is of who gets no new requests. After a crash of the old
	// one it is ending already.
	if !old.ending {
		s.end(old, RetireLimit)
	}
}

// dropSuccessor ends the successor: it is not wanted any more.
func (s *service) dropSuccessor() {
	// Without drain: nobody was sent to it.
	s.end(s.successor, 0)
	s.successor = nil
}
