package supervisor

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"devgate/internal/event"
)

// The whole policy in one table: states, inputs, what they lead to, and the
// actions. +b is a service with a build command, +o one that overlaps. A row may
// name several states and inputs. What is not named stays as it is, and the test
// visits every pair, so a transition that the table does not know turns it red.
//
// Where runs are ending beside a state, it does what it does without them, and
// they go on ending, unless a row says otherwise.
const transitions = `
stopped             start|restart         waiting  awaitDeps
done|failed|exited  start|restart|change  waiting  awaitDeps
done|failed|exited  stop|kill             stopped

waiting|waiting+b|waiting+o  stop|kill  stopped
waiting|waiting+o            deps       starting  spawn
waiting+b                    deps       building  build

building|building+b|building+o  built           starting  spawn
building|building+b|building+o  buildFailed     failed
building|building+b|building+o  stop|kill       stopped   cancelBuild
building|building+o             restart|change  starting  cancelBuild spawn
building+b                      restart|change  building  build

backoff|backoff+b|backoff+o  start|restart|change  waiting   awaitDeps
backoff|backoff+b|backoff+o  stop|kill             stopped
backoff|backoff+o            backoff               starting  spawn
backoff+b                    backoff               building  build

starting|starting+o|ready|ready+o|ready+b  spawnFailed|gaveUp  failed,ending
starting|starting+o|ready|ready+o|ready+b  completed           done,ending
starting|starting+o|ready|ready+o|ready+b  ended               exited,ending
starting|starting+o|ready|ready+o|ready+b  crashed             backoff,ending    armBackoff
starting|starting+o|ready|ready+o|ready+b  stop                stopping          end
starting|starting+o|ready|ready+o|ready+b  kill                stopping          kill
starting|starting+o                        ready               ready
starting|starting+o|ready                  restart|change      stopping,spawn    end
ready+b                                    restart|change      ready,rebuilding  build
ready+o                                    restart|change      ready,successor   spawnSuccessor

starting+bo,rebuilding                     built                                       stopping,spawn       end
starting+bo,rebuilding                     buildFailed                                 starting
starting+bo,rebuilding                     ready                                       ready,rebuilding
starting+bo,rebuilding                     restart|change                              starting,rebuilding  build
ready+b,rebuilding                         built                                       stopping,spawn       end
ready+b,rebuilding                         buildFailed                                 ready
ready+b,rebuilding                         restart|change                              ready,rebuilding     build
starting+bo,rebuilding|ready+b,rebuilding  stop                                        stopping             cancelBuild end
starting+bo,rebuilding|ready+b,rebuilding  kill                                        stopping             cancelBuild kill
starting+bo,rebuilding|ready+b,rebuilding  spawnFailed|gaveUp|completed|ended|crashed  building,ending

ready+o,successor                     restart|change                              ready,successor,ending      dropSuccessor spawnSuccessor
ready+bo,successor                    restart|change                              ready,rebuilding,successor  build
ready+o,successor|ready+bo,successor  successorReady                              ready,ending                switchOver
ready+o,successor|ready+bo,successor  successorLost                               ready,ending
ready+o,successor|ready+bo,successor  stop                                        stopping                    dropSuccessor end
ready+o,successor|ready+bo,successor  kill                                        stopping                    kill
ready+o,successor|ready+bo,successor  spawnFailed|gaveUp|completed|ended|crashed  starting,ending             switchOver

ready+bo,rebuilding,successor  restart|change                              ready,rebuilding,successor  build
ready+bo,rebuilding,successor  built                                       ready,successor,ending      dropSuccessor spawnSuccessor
ready+bo,rebuilding,successor  buildFailed                                 ready,successor
ready+bo,rebuilding,successor  successorReady                              ready,rebuilding,ending     switchOver
ready+bo,rebuilding,successor  successorLost                               ready,rebuilding,ending
ready+bo,rebuilding,successor  stop                                        stopping                    cancelBuild dropSuccessor end
ready+bo,rebuilding,successor  kill                                        stopping                    cancelBuild kill
ready+bo,rebuilding,successor  spawnFailed|gaveUp|completed|ended|crashed  starting,rebuilding,ending  switchOver

stopping                                        start|restart   stopping,start
stopping,spawn|stopping+b,spawn                 restart|change  stopping,start
stopping,spawn|stopping+b,spawn|stopping,start  stop            stopping
stopping|stopping,spawn|stopping,start          kill            stopping        kill
stopping+b,spawn|stopping+b,start               kill            stopping        kill
stopping+b,start                                stop            stopping
stopping                                        gone            stopped
stopping,spawn|stopping+b,spawn|stopping,start  gone            starting        spawn
stopping+b,start                                gone            building        build

done,ending|failed,ending|exited,ending              stop  stopping
done,ending|failed,ending|exited,ending              kill  stopping  kill
waiting,ending|waiting+b,ending|waiting+o,ending     stop  stopping
waiting,ending|waiting+b,ending|waiting+o,ending     kill  stopping  kill
backoff,ending|backoff+b,ending|backoff+o,ending     stop  stopping
backoff,ending|backoff+b,ending|backoff+o,ending     kill  stopping  kill
building,ending|building+b,ending|building+o,ending  stop  stopping  cancelBuild
building,ending|building+b,ending|building+o,ending  kill  stopping  cancelBuild kill

waiting,ending                     deps            stopping,spawn
building,ending|building+b,ending  built           stopping,spawn
building,ending                    restart|change  stopping,spawn  cancelBuild
backoff,ending                     backoff         stopping,spawn
`

var inputNames = [...]string{
	inStart: "start", inRestart: "restart", inChange: "change", inStop: "stop", inKill: "kill", inDeps: "deps",
	inBuilt: "built", inBuildFailed: "buildFailed", inSpawnFailed: "spawnFailed", inReady: "ready", inCrashed: "crashed",
	inGaveUp: "gaveUp", inCompleted: "completed", inEnded: "ended", inGone: "gone", inBackoff: "backoff",
	inSuccessorReady: "successorReady", inSuccessorLost: "successorLost",
}

var actionNames = [...]string{
	actAwaitDeps: "awaitDeps", actBuild: "build", actCancelBuild: "cancelBuild", actSpawn: "spawn", actEnd: "end",
	actKill: "kill", actArmBackoff: "armBackoff", actSpawnSuccessor: "spawnSuccessor", actDropSuccessor: "dropSuccessor", actSwitchOver: "switchOver",
}

// describe writes a machine as the table does, without what its spec says.
// Stopping is always about what is ending, so there it is not said.
func describe(m machine) string {
	words := []string{m.state.String()}
	for _, w := range []struct {
		holds bool
		word  string
	}{
		{m.then == thenSpawn, "spawn"}, {m.then == thenStart, "start"}, {m.rebuilding, "rebuilding"},
		{m.successor, "successor"}, {m.ending && m.state != event.Stopping, "ending"},
	} {
		if w.holds {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, ",")
}

// machineOf reads a machine from the table's first column.
func machineOf(t *testing.T, text string) machine {
	words := strings.Split(text, ",")
	name, flags, _ := strings.Cut(words[0], "+")
	m := machine{builds: strings.Contains(flags, "b"), overlaps: strings.Contains(flags, "o")}
	if err := m.state.UnmarshalText([]byte(name)); err != nil {
		t.Fatal(err)
	}
	m.ending = m.state == event.Stopping
	for _, word := range words[1:] {
		switch word {
		case "rebuilding":
			m.rebuilding = true
		case "successor":
			m.successor = true
		case "ending":
			m.ending = true
		case "spawn":
			m.then = thenSpawn
		case "start":
			m.then = thenStart
		}
	}
	return m
}

// table is what each state and input lead to, by "state input".
type table map[string]string

func readTable() (rows table, states map[string]bool) {
	rows, states = table{}, map[string]bool{}
	for line := range strings.Lines(transitions) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		for state := range strings.SplitSeq(f[0], "|") {
			states[state] = true
			for in := range strings.SplitSeq(f[1], "|") {
				rows[state+" "+in] = strings.Join(f[2:], " ")
			}
		}
	}
	for state := range maps.Clone(states) { // each with runs that are ending
		if !strings.Contains(state, "ending") && !strings.HasPrefix(state, "stop") {
			states[state+",ending"] = true
		}
	}
	return rows, states
}

// want is what the table says of a machine and an input.
func (rows table) want(key string, m machine, in string) string {
	if row, named := rows[key+" "+in]; named {
		return row
	}
	base, ending := strings.CutSuffix(key, ",ending")
	row, named := rows[base+" "+in]
	switch {
	case ending && in == "gone":
		m.ending = false
	case ending && named && !strings.Contains(row, "ending") && !strings.HasPrefix(row, "stopping"):
		state, actions, _ := strings.Cut(row, " ")
		return strings.TrimSpace(state + ",ending " + actions)
	case ending && named:
		return row
	}
	return describe(m)
}

func TestEveryStateAndInputLeadsWhereTheTableSays(t *testing.T) {
	rows, states := readTable()
	for key := range states {
		m := machineOf(t, key)
		for in := range inputs {
			after, do := m.step(in)
			got := []string{describe(after)}
			for _, a := range do {
				got = append(got, actionNames[a])
			}
			if want := rows.want(key, m, inputNames[in]); strings.Join(got, " ") != want {
				t.Errorf("%s, %s: got %q, want %q", key, inputNames[in], strings.Join(got, " "), want)
			}
			if after.builds != m.builds || after.overlaps != m.overlaps {
				t.Errorf("%s, %s: what the spec says is forgotten", key, inputNames[in])
			}
			if after.ending != m.ending && after.state == event.Stopping && !after.ending {
				t.Errorf("%s, %s: stopping, and nothing is ending", key, inputNames[in])
			}
		}
	}
	for _, s := range event.States() {
		known := func(key string) bool { return strings.HasPrefix(key, s.String()) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(states)), known) {
			t.Errorf("the table does not know the state %v", s)
		}
	}
}

// What is heeded, and told as asked, is what changes the machine or makes it act.
func TestHeedingAnInputLeadsToSomething(t *testing.T) {
	_, states := readTable()
	for key := range states {
		m := machineOf(t, key)
		for _, in := range []input{inStart, inRestart, inChange, inStop} {
			after, do := m.step(in)
			leads := after != m || len(do) > 0
			onItsWay := m.state == event.Waiting || m.then == thenStart // it will take up what it finds then
			if heeds := m.heeds(in); heeds != leads && !(heeds && onItsWay) {
				t.Errorf("%s, %s: heeded %v, leads to something %v", key, inputNames[in], heeds, leads)
			}
		}
	}
}
