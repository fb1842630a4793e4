package supervisor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"devgate/internal/event"
)

// After how long a start or an end that still lasts is explained.
const (
	slowStart     = 5 * time.Second
	verySlowStart = 30 * time.Second
	slowStop      = 3 * time.Second
)

// explainDelay says what a start or an end is still waiting for. Finding that out
// may take a while, so a run does it and not the actor; what it finds about a
// state that has been left meanwhile is dropped.
func (s *service) explainDelay() {
	lasted := time.Since(s.waited()).Round(time.Second)
	switch {
	// A successor first: its service is ready, and only this is slow.
	case s.machine.state == event.Starting || s.successor != nil:
		r, text := s.newest(), "still starting after "
		if s.successor != nil {
			text = "the new version is still starting after "
		}
		spec := s.spec
		// The spec of now, as its hooks know the output that a person sees.
		s.lookInto(r, func() string { return text + lasted.String() + r.startup(spec, lasted >= verySlowStart) })
	case s.machine.ending:
		all := s.endingInOrder()
		s.lookInto(all[len(all)-1], func() string { return "still stopping after " + lasted.String() + ": " + holdups(all) })
	}
}

// lookInto lets a run find out what is to be said.
func (s *service) lookInto(r *run, find func() string) {
	// It answers into the mailbox with this state's number; false from run means that the
	// run is over, and nothing is slow any more.
	entry := s.entries
	r.parts.run(func() { r.post(message{what: said, entry: entry, text: find()}) })
}

// endingInOrder are the runs on their way out, the oldest first.
func (s *service) endingInOrder() []*run {
	var all []*run
	for _, r := range s.ending {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *run) int { return a.number - b.number })
	return all
}

// newest is the run that a slow start is about.
func (s *service) newest() *run {
	if s.successor != nil {
		return s.successor
	}
	return s.run
}

// waited is since when the service has been on its way to what it is to be.
func (s *service) waited() time.Time {
	if s.successor != nil {
		return s.successor.wantedAt
	}
	return s.view.Since
}

// startup says how far a start has come; where it takes very long, with its
// processes.
func (r *run) startup(spec *Spec, verySlow bool) (text string) {
	if missing := r.missing.Load(); missing != nil {
		text = ": " + *missing
	}
	if spec.LastOutput != nil {
		if line := spec.LastOutput(); line != "" {
			text += fmt.Sprintf("; last output: %q", line)
		} else {
			text += "; it has printed nothing"
		}
	}
	if pid := r.pid(); spec.Inspect != nil && pid != 0 && verySlow {
		text += "\n" + spec.Inspect(r.leaving, pid)
	}
	return text
}

func holdups(all []*run) string {
	var texts []string
	for _, r := range all {
		texts = append(texts, r.holdup())
	}
	return strings.Join(texts, "; ")
}

// holdup says what a run on its way out waits for.
func (r *run) holdup() string {
	r.mu.Lock()
	child, stop, phase, since, sent := r.child, r.stop, r.phase, r.since, r.sent
	r.mu.Unlock()
	switch {
	case phase == preparing:
		return "it was about to start"
	case phase == draining:
		return fmt.Sprintf("pid %d answers its last requests", child.PID())
	case phase == told:
		return fmt.Sprintf("pid %d has got %s", child.PID(), sent)
	case phase == sweeping:
		if time.Since(since) > r.grace() {
			sent = "KILL"
		}
		return fmt.Sprintf("what it left behind has got %s%s", sent, pids(child.Rest()))
	case stop != nil:
		return "its stop command has not ended" + pids([]int{stop.PID()})
	}
	return "what it held is not free yet"
}

// pids are numbers in parentheses, or nothing.
func pids(all []int) string {
	if len(all) == 0 {
		return ""
	}
	return " (pid " + strings.Join(strings.Fields(strings.Trim(fmt.Sprint(all), "[]")), ", ") + ")"
}
