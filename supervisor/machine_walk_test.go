package supervisor

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"devgate/internal/event"
)

// world is the runs and the build as the machine's actions make them, so that a
// random walk sends only what can happen.
type world struct {
	machine   machine
	process   bool // the service's own process, or one that is about to be
	successor bool
	ending    int // runs on their way out
	building  bool
	armed     bool // the delay of a backoff
}

// possible lists the inputs that the world can produce now.
func (w *world) possible() []input {
	all := []input{inStart, inRestart, inChange, inStop, inKill}
	if w.machine.state == event.Waiting {
		all = append(all, inDeps)
	}
	if w.building {
		all = append(all, inBuilt, inBuildFailed)
	}
	if w.process {
		all = append(all, inReady, inCrashed, inGaveUp, inCompleted, inEnded, inSpawnFailed)
	}
	if w.successor {
		all = append(all, inSuccessorReady, inSuccessorLost)
	}
	if w.ending > 0 {
		all = append(all, inGone)
	}
	if w.armed {
		all = append(all, inBackoff)
	}
	return all
}

// happen feeds one input and checks what must never be (the returned text).
func (w *world) happen(in input) string {
	before := w.machine
	switch in {
	case inCrashed, inGaveUp, inCompleted, inEnded, inSpawnFailed:
		w.process = false
		w.ending++
	case inGone:
		w.ending = 0
	case inBuilt, inBuildFailed:
		w.building = false
	case inSuccessorLost:
		w.successor = false
		w.ending++
	}
	after, do := before.step(in)
	w.armed = w.armed && after.state == before.state
	w.machine = after
	for _, a := range do {
		if broken := w.carryOut(a); broken != "" {
			return fmt.Sprintf("%s, %s: %s", describe(before), inputNames[in], broken)
		}
	}
	if in == inKill && (w.process || w.successor || w.building) {
		return describe(before) + ": a kill spares something"
	}
	return w.check()
}

func (w *world) carryOut(a action) string {
	switch a {
	case actSpawn:
		if w.process {
			return "two processes"
		}
		if w.ending > 0 && !w.machine.overlaps {
			return "a process beside what is still ending"
		}
		w.process = true
	case actBuild:
		w.building = true
	case actCancelBuild:
		if !w.building {
			return "a build is cancelled that does not run"
		}
		w.building = false
	case actEnd:
		if !w.process {
			return "no process to end"
		}
		w.process = false
		w.ending++
	case actKill:
		w.kill()
	case actSpawnSuccessor:
		if w.successor {
			return "two successors"
		}
		w.successor = true
	case actDropSuccessor, actSwitchOver:
		return w.resolve(a)
	case actArmBackoff:
		w.armed = true
	}
	return ""
}

func (w *world) kill() {
	for _, runs := range []*bool{&w.process, &w.successor} {
		if *runs {
			*runs = false
			w.ending++
		}
	}
}

// resolve ends the time of a successor beside the process.
func (w *world) resolve(a action) string {
	switch {
	case !w.successor:
		return "no successor"
	case a == actDropSuccessor:
		w.ending++
	case w.process:
		w.ending++ // the old one
	}
	w.process, w.successor = w.process || a == actSwitchOver, false
	return ""
}

func (w *world) check() string {
	m := w.machine
	for _, c := range []struct {
		broken bool
		text   string
	}{
		{m.then != thenRest && m.state != event.Stopping, "a plan outside of stopping"},
		{m.rebuilding && !w.building, "waits for a build that does not run"},
		{m.successor != w.successor, "forgets a successor, or waits for one that does not run"},
		{m.successor && m.state != event.Ready, "a successor beside a process that does not serve"},
		{m.state == event.Building && !w.building, "building without a build"},
		{m.hasProcess() != w.process, "the state says something else of the process"},
		{m.ending != (w.ending > 0), "does not know what is ending"},
		{m.state == event.Stopping && w.ending == 0, "stopping, and nothing is ending"},
		{m.state == event.Stopped && w.ending > 0, "stopped, and something is ending"},
	} {
		if c.broken {
			return describe(m) + ": " + c.text
		}
	}
	return ""
}

func TestRandomWalksNeverBreakAnInvariant(t *testing.T) {
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		w := &world{machine: machine{builds: seed%2 == 0, overlaps: seed%3 == 0}}
		for range 500 {
			if rng.IntN(50) == 0 { // the Devgatefile is edited
				w.machine.builds = !w.machine.builds
			}
			all := w.possible()
			if broken := w.happen(all[rng.IntN(len(all))]); broken != "" {
				t.Fatalf("seed %d: %s", seed, broken)
			}
		}
		// From anywhere, a stop settles in stopped once what runs has ended.
		w.happen(inStop)
		if w.ending > 0 {
			w.happen(inGone)
		}
		if w.machine.state != event.Stopped {
			t.Fatalf("seed %d: a stop ended in %s", seed, describe(w.machine))
		}
	}
}
