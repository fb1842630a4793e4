package supervisor

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"devgate/internal/event"
)

// The whole policy in one table: state x input -> state and actions. What is
// not named stays as it is, and the test visits every pair, so a transition
// that the table does not know turns it red.
const transitions = `
stopped   start      waiting  awaitDeps
stopped   restart    waiting  awaitDeps
stopped   stop       stopped
stopped   kill       stopped
done      start      waiting  awaitDeps
done      restart    waiting  awaitDeps
done      change     waiting  awaitDeps
done      stop       stopped
done      kill       stopped
failed    start      waiting  awaitDeps
failed    restart    waiting  awaitDeps
failed    change     waiting  awaitDeps
failed    stop       stopped
failed    kill       stopped
exited    start      waiting  awaitDeps
exited    restart    waiting  awaitDeps
exited    change     waiting  awaitDeps
exited    stop       stopped
exited    kill       stopped
waiting   deps       starting spawn
waiting   stop       stopped
waiting   kill       stopped
waiting+b deps       building build
waiting+b stop       stopped
waiting+b kill       stopped
building   built       starting spawn
building   buildFailed failed
building   restart     starting cancelBuild spawn
building   change      starting cancelBuild spawn
building   stop        stopped  cancelBuild
building   kill        stopped  cancelBuild
building+b built       starting spawn
building+b buildFailed failed
building+b restart     building build
building+b change      building build
building+b stop        stopped  cancelBuild
building+b kill        stopped  cancelBuild
starting  ready       ready
starting  restart     stopping,draining,spawn drain
starting  change      stopping,draining,spawn drain
starting  stop        stopping,draining       drain
starting  kill        stopping                kill
starting  spawnFailed failed
starting  gaveUp      failed
starting  completed   done
starting  ended       exited
starting  crashed     backoff  armBackoff
ready     ready       ready
ready     restart     stopping,draining,spawn drain
ready     change      stopping,draining,spawn drain
ready     stop        stopping,draining       drain
ready     kill        stopping                kill
ready     spawnFailed failed
ready     gaveUp      failed
ready     completed   done
ready     ended       exited
ready     crashed     backoff  armBackoff
ready+b   ready       ready
ready+b   restart     ready,rebuilding  build
ready+b   change      ready,rebuilding  build
ready+b   stop        stopping,draining drain
ready+b   kill        stopping          kill
ready+b   spawnFailed failed
ready+b   gaveUp      failed
ready+b   completed   done
ready+b   ended       exited
ready+b   crashed     backoff  armBackoff
ready+b,rebuilding ready       ready,rebuilding
ready+b,rebuilding restart     ready,rebuilding  build
ready+b,rebuilding change      ready,rebuilding  build
ready+b,rebuilding built       stopping,draining,spawn drain
ready+b,rebuilding buildFailed ready
ready+b,rebuilding stop        stopping,draining cancelBuild drain
ready+b,rebuilding kill        stopping          cancelBuild kill
ready+b,rebuilding spawnFailed building
ready+b,rebuilding gaveUp      building
ready+b,rebuilding completed   building
ready+b,rebuilding ended       building
ready+b,rebuilding crashed     building
starting+o  ready       ready
starting+o  restart     stopping,draining,spawn drain
starting+o  change      stopping,draining,spawn drain
starting+o  stop        stopping,draining       drain
starting+o  kill        stopping                kill
starting+o  spawnFailed failed
starting+o  gaveUp      failed
starting+o  completed   done
starting+o  ended       exited
starting+o  crashed     backoff  armBackoff
ready+o     ready       ready
ready+o     restart     ready,succeeding  succeed
ready+o     change      ready,succeeding  succeed
ready+o     stop        stopping,draining drain
ready+o     kill        stopping          kill
ready+o     spawnFailed failed
ready+o     gaveUp      failed
ready+o     completed   done
ready+o     ended       exited
ready+o     crashed     backoff  armBackoff
ready+o,succeeding ready          ready,succeeding
ready+o,succeeding restart        ready,succeeding  drop succeed
ready+o,succeeding change         ready,succeeding  drop succeed
ready+o,succeeding successorReady ready             switch
ready+o,succeeding successorLost  ready
ready+o,succeeding stop           stopping,draining drop drain
ready+o,succeeding kill           stopping          drop kill
ready+o,succeeding spawnFailed    starting          switch
ready+o,succeeding gaveUp         starting          switch
ready+o,succeeding completed      starting          switch
ready+o,succeeding ended          starting          switch
ready+o,succeeding crashed        starting          switch
ready+bo,succeeding restart        ready,rebuilding,succeeding build
ready+bo,succeeding change         ready,rebuilding,succeeding build
ready+bo,succeeding successorReady ready             switch
ready+bo,succeeding successorLost  ready
ready+bo,succeeding stop           stopping,draining drop drain
ready+bo,succeeding kill           stopping          drop kill
ready+bo,succeeding spawnFailed    starting          switch
ready+bo,succeeding gaveUp         starting          switch
ready+bo,succeeding completed      starting          switch
ready+bo,succeeding ended          starting          switch
ready+bo,succeeding crashed        starting          switch
ready+bo,rebuilding,succeeding restart        ready,rebuilding,succeeding build
ready+bo,rebuilding,succeeding change         ready,rebuilding,succeeding build
ready+bo,rebuilding,succeeding built          ready,succeeding  drop succeed
ready+bo,rebuilding,succeeding buildFailed    ready,succeeding
ready+bo,rebuilding,succeeding successorReady ready,rebuilding  switch
ready+bo,rebuilding,succeeding successorLost  ready,rebuilding
ready+bo,rebuilding,succeeding stop           stopping,draining cancelBuild drop drain
ready+bo,rebuilding,succeeding kill           stopping          cancelBuild drop kill
ready+bo,rebuilding,succeeding spawnFailed    starting,rebuilding switch
ready+bo,rebuilding,succeeding gaveUp         starting,rebuilding switch
ready+bo,rebuilding,succeeding completed      starting,rebuilding switch
ready+bo,rebuilding,succeeding ended          starting,rebuilding switch
ready+bo,rebuilding,succeeding crashed        starting,rebuilding switch
starting+bo,rebuilding built       stopping,draining,spawn drain
starting+bo,rebuilding buildFailed starting
starting+bo,rebuilding ready       ready,rebuilding
starting+bo,rebuilding restart     starting,rebuilding build
starting+bo,rebuilding change      starting,rebuilding build
starting+bo,rebuilding stop        stopping,draining cancelBuild drain
starting+bo,rebuilding kill        stopping          cancelBuild kill
starting+bo,rebuilding spawnFailed building
starting+bo,rebuilding gaveUp      building
starting+bo,rebuilding completed   building
starting+bo,rebuilding ended       building
starting+bo,rebuilding crashed     building
stopping,draining       drained stopping        term
stopping,draining       grace   stopping        kill
stopping,draining       kill    stopping        kill
stopping,draining       start   stopping,draining,start
stopping,draining       restart stopping,draining,start
stopping,draining       gone    stopped
stopping                grace   stopping        kill
stopping                kill    stopping        kill
stopping                start   stopping,start
stopping                restart stopping,start
stopping                gone    stopped
stopping,spawn          stop    stopping
stopping,spawn          grace   stopping,spawn  kill
stopping,spawn          kill    stopping        kill
stopping,spawn          restart stopping,start
stopping,spawn          change  stopping,start
stopping,spawn          gone    starting        spawn
stopping,start          stop    stopping
stopping,start          grace   stopping,start  kill
stopping,start          kill    stopping        kill
stopping,start          gone    starting        spawn
stopping+b,start        stop    stopping
stopping+b,start        grace   stopping,start  kill
stopping+b,start        kill    stopping        kill
stopping+b,start        gone    building        build
backoff   start      waiting  awaitDeps
backoff   restart    waiting  awaitDeps
backoff   change     waiting  awaitDeps
backoff   backoff    starting spawn
backoff   stop       stopped
backoff   kill       stopped
backoff+b start      waiting  awaitDeps
backoff+b restart    waiting  awaitDeps
backoff+b change     waiting  awaitDeps
backoff+b backoff    building build
backoff+b stop       stopped
backoff+b kill       stopped
`

var inputNames = [...]string{
	inStart: "start", inRestart: "restart", inChange: "change", inStop: "stop", inKill: "kill", inDeps: "deps",
	inBuilt: "built", inBuildFailed: "buildFailed", inSpawnFailed: "spawnFailed", inReady: "ready", inCrashed: "crashed",
	inGaveUp: "gaveUp", inCompleted: "completed", inEnded: "ended", inDrained: "drained", inGone: "gone",
	inGrace: "grace", inBackoff: "backoff", inSuccessorReady: "successorReady", inSuccessorLost: "successorLost",
}

var actionNames = [...]string{
	actAwaitDeps: "awaitDeps", actBuild: "build", actCancelBuild: "cancelBuild", actSpawn: "spawn", actDrain: "drain",
	actTerm: "term", actKill: "kill", actArmBackoff: "armBackoff",
	actSucceed: "succeed", actDrop: "drop", actSwitch: "switch",
}

// describe writes a machine as the table does, without what its spec says.
func describe(m machine) string {
	words := []string{m.state.String()}
	if m.draining {
		words = append(words, "draining")
	}
	switch m.then {
	case thenSpawn:
		words = append(words, "spawn")
	case thenStart:
		words = append(words, "start")
	}
	if m.rebuilding {
		words = append(words, "rebuilding")
	}
	if m.succeeding {
		words = append(words, "succeeding")
	}
	return strings.Join(words, ",")
}

// machineOf reads a machine from the table's first column.
func machineOf(t *testing.T, text string) machine {
	name, rest, _ := strings.Cut(text, ",")
	m := machine{}
	name, flags, _ := strings.Cut(name, "+")
	m.builds, m.overlaps = strings.Contains(flags, "b"), strings.Contains(flags, "o")
	if err := m.state.UnmarshalText([]byte(name)); err != nil {
		t.Fatal(err)
	}
	for word := range strings.SplitSeq(rest, ",") {
		switch word {
		case "draining":
			m.draining = true
		case "rebuilding":
			m.rebuilding = true
		case "succeeding":
			m.succeeding = true
		case "spawn":
			m.then = thenSpawn
		case "start":
			m.then = thenStart
		}
	}
	return m
}

func TestEveryStateAndInputLeadsWhereTheTableSays(t *testing.T) {
	want, from := map[string]string{}, map[string]machine{}
	for line := range strings.Lines(transitions) {
		if f := strings.Fields(line); len(f) > 0 {
			want[f[0]+" "+f[1]] = strings.Join(f[2:], " ")
			from[f[0]] = machineOf(t, f[0])
		}
	}
	for key, m := range from {
		for in := range inputs {
			expect, named := want[key+" "+inputNames[in]]
			if !named {
				expect = describe(m)
			}
			after, do := m.step(in)
			got := []string{describe(after)}
			for _, a := range do {
				got = append(got, actionNames[a])
			}
			if strings.Join(got, " ") != expect {
				t.Errorf("%s, %s: got %q, want %q", key, inputNames[in], strings.Join(got, " "), expect)
			}
			if after.builds != m.builds || after.overlaps != m.overlaps {
				t.Errorf("%s, %s: what the spec says is forgotten", key, inputNames[in])
			}
		}
	}
	for _, s := range event.States() {
		known := func(key string) bool { return strings.HasPrefix(key, s.String()) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(from)), known) {
			t.Errorf("the table does not know the state %v", s)
		}
	}
}

// world is a child and a build as the machine's actions make them, so that a
// random walk sends only what can happen.
type world struct {
	machine          machine
	child, building  bool
	leaderDead       bool
	signalled, armed bool
	successor        bool
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
	if w.child {
		all = append(all, inReady, inGone)
		if !w.leaderDead && w.machine.state != event.Stopping {
			all = append(all, inCrashed, inGaveUp, inCompleted, inEnded, inSpawnFailed)
		}
		if w.machine.draining {
			all = append(all, inDrained)
		}
	}
	if w.successor {
		all = append(all, inSuccessorReady, inSuccessorLost)
	}
	if w.signalled {
		all = append(all, inGrace)
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
		w.leaderDead = true
	case inGone:
		if !w.leaderDead && before.state != event.Stopping {
			return "" // the group cannot be gone before its leader
		}
		w.child, w.signalled = false, false
	case inBuilt, inBuildFailed:
		w.building = false
	case inReady:
		if w.leaderDead {
			return ""
		}
	case inSuccessorLost:
		w.successor = false
	}
	after, do := before.step(in)
	if after.state != before.state {
		w.armed, w.signalled = false, w.signalled && after.state == event.Stopping
	}
	w.machine = after
	for _, a := range do {
		if broken := w.carryOut(a); broken != "" {
			return fmt.Sprintf("%s, %s: %s", describe(before), inputNames[in], broken)
		}
	}
	return w.check()
}

func (w *world) carryOut(a action) string {
	switch a {
	case actSpawn:
		if w.child && !w.leaderDead {
			return "two live children"
		}
		w.child, w.leaderDead = true, false
	case actBuild:
		w.building = true
	case actCancelBuild:
		if !w.building {
			return "a build is cancelled that does not run"
		}
		w.building = false
	case actTerm:
		w.signalled = true
	case actSucceed:
		if w.successor {
			return "two successors"
		}
		w.successor = true
	case actDrop, actSwitch:
		if !w.successor {
			return "no successor"
		}
		w.successor = false
		if a == actSwitch {
			w.child, w.leaderDead = true, false
		}
	case actArmBackoff:
		w.armed = true
	}
	if (a == actTerm || a == actKill || a == actDrain) && !w.child {
		return "a signal or a drain without a child"
	}
	return ""
}

func (w *world) check() string {
	m := w.machine
	switch {
	case m.draining && m.state != event.Stopping:
		return describe(m) + ": draining outside of stopping"
	case m.then != thenRest && m.state != event.Stopping:
		return describe(m) + ": a plan outside of stopping"
	case m.rebuilding && !w.building:
		return describe(m) + ": waits for a build that does not run"
	case m.succeeding != w.successor:
		return describe(m) + ": forgets a successor, or waits for one that does not run"
	case m.succeeding && m.state != event.Ready:
		return describe(m) + ": a successor beside a process that does not serve"
	case m.state == event.Building && !w.building:
		return describe(m) + ": building without a build"
	case m.state == event.Stopping && !w.child:
		return describe(m) + ": stopping without a child"
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
		// From anywhere, a stop settles in stopped once the world has answered.
		w.happen(inStop)
		for _, in := range []input{inDrained, inGrace, inGone} {
			w.leaderDead = true
			w.happen(in)
		}
		if w.machine.state != event.Stopped {
			t.Fatalf("seed %d: a stop ended in %s", seed, describe(w.machine))
		}
	}
}
