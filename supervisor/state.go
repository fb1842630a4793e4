package supervisor

import "devgate/internal/event"

// machine is the part of a service that decides. The zero machine is a
// stopped service without a build command.
// The comments behind the fields name the states in which they can be set; elsewhere
// they are zero.
type machine struct {
	state      event.State
	then       next // Stopping only
	rebuilding bool // Starting and Ready only: a build runs beside the process
	successor  bool // Ready only: a successor starts beside the process
	ending     bool // runs are on their way out; Stopping: always, else beside what State says
	builds     bool // the service has a build command
	overlaps   bool // a new process starts beside the old one
}

// step is the whole policy: total, pure, without a clock. Anything not named
// here leaves the service as it is.
// It is compared with a table of all states and inputs, and walked at random, in its
// test: a line that is changed here is changed there.
func (m machine) step(in input) (machine, []action) {
	switch m.state {
	case event.Waiting:
		return m.fromWaiting(in)
	case event.Building:
		return m.fromBuilding(in)
	case event.Starting, event.Ready:
		return m.fromRunning(in)
	case event.Stopping:
		return m.fromStopping(in)
	case event.Backoff:
		return m.fromBackoff(in)
	}
	return m.fromRest(in)
}

// heeds reports whether an input that somebody has caused leads to anything. A
// save does not where somebody has stopped the service.
// The policy of saves is event.Service's, as others ask it of what they see.
func (m machine) heeds(in input) bool {
	now := event.Service{State: m.state, Returning: m.returns()}
	switch in {
	case inChange:
		return now.HeedsChanges()
	case inStart:
		return atRest(m.state) || m.state == event.Backoff || m.state == event.Stopping && !now.Returning
	case inStop:
		return m.state != event.Stopped && (m.state != event.Stopping || now.Returning)
	}
	return true
}

// hasProcess: the service's own process runs, or is about to.
func (m machine) hasProcess() bool { return m.state == event.Starting || m.state == event.Ready }

// returns reports whether a service that stops is started again.
func (m machine) returns() bool { return m.then != thenRest }

// updates reports whether a newer version is on its way beside the process.
func (m machine) updates() bool { return m.rebuilding || m.successor }

// rebuilding, successor and then belong to the state that is left.
func (m machine) to(s event.State, do ...action) (machine, []action) {
	return machine{state: s, ending: m.ending, builds: m.builds, overlaps: m.overlaps}, do
}

// stop leads to rest from where the service has no process of its own: at once,
// or as soon as what is still ending has ended.
func (m machine) stop(in input, do ...action) (machine, []action) {
	if !m.ending {
		return m.to(event.Stopped, do...)
	}
	if in == inKill {
		do = append(do, actKill)
	}
	return m.to(event.Stopping, do...)
}

// spawn leads to a new process. Unless the service overlaps, nothing of an older
// one may be left by then.
// thenSpawn and not thenStart: the build that has just succeeded is not made again.
func (m machine) spawn(do ...action) (machine, []action) {
	if m.ending && !m.overlaps {
		m, do = m.to(event.Stopping, do...)
		m.then = thenSpawn
		return m, do
	}
	return m.to(event.Starting, append(do, actSpawn)...)
}

// fromRest: Stopped, Done, Failed, Exited.
func (m machine) fromRest(in input) (machine, []action) {
	switch in {
	case inStart, inRestart, inChange:
		if m.heeds(in) {
			return m.to(event.Waiting, actAwaitDeps)
		}
	case inStop, inKill:
		return m.stop(in)
	}
	return m.gone(in)
}

// gone: what was ending beside the state has ended.
// It is the last case of every state, as runs may end beside any of them.
func (m machine) gone(in input) (machine, []action) {
	if in == inGone {
		m.ending = false
	}
	return m, nil
}

func (m machine) fromWaiting(in input) (machine, []action) {
	switch in {
	case inDeps:
		return m.begin()
	case inStop, inKill:
		return m.stop(in)
	}
	return m.gone(in)
}

// begin starts the service from nothing: its build first, if it has one.
func (m machine) begin() (machine, []action) {
	if m.builds {
		return m.to(event.Building, actBuild)
	}
	return m.spawn()
}

func (m machine) fromBuilding(in input) (machine, []action) {
	switch in {
	case inBuilt:
		return m.spawn()
	case inBuildFailed:
		// There is nothing that runs in this state: the failure is the service's own.
		return m.to(event.Failed)
	case inRestart, inChange:
		if !m.builds { // the Devgatefile has taken the command away
			return m.spawn(actCancelBuild)
		}
		// A newer change makes the running build worthless: actBuild replaces it.
		return m, []action{actBuild}
	case inStop, inKill:
		return m.stop(in, actCancelBuild)
	}
	return m.gone(in)
}

// fromRunning: Starting and Ready, the states with a process.
// A new version that is built or started beside the process never ends it before it can
// be used.
func (m machine) fromRunning(in input) (machine, []action) {
	switch in {
	case inReady:
		m.state = event.Ready
		return m, nil
	case inRestart, inChange:
		if m.builds {
			m.rebuilding = true
			return m, []action{actBuild}
		}
		return m.renew()
	case inBuilt:
		if m.rebuilding {
			m.rebuilding = false
			return m.renew()
		}
	case inBuildFailed:
		m.rebuilding = false
		return m, nil
	case inSuccessorReady:
		if m.successor {
			m.successor, m.ending = false, true
			return m, []action{actSwitchOver}
		}
	case inSuccessorLost:
		if m.successor {
			m.successor, m.ending = false, true
			return m, nil
		}
	case inStop:
		return m.leave(thenRest)
	case inKill:
		do := m.cancelBuild()
		m.ending = true
		return m.to(event.Stopping, append(do, actKill)...)
	case inGone:
		return m.gone(in)
	}
	return m.exited(in)
}

// renew replaces the process by one of the newest version: after it has ended
// or, where the service overlaps, before that.
func (m machine) renew() (machine, []action) {
	// A process that is not ready serves nobody, so there is nothing to keep: it is
	// replaced at once.
	if !m.overlaps || m.state != event.Ready {
		return m.leave(thenSpawn)
	}
	do := append(m.cancelUpdates(), actSpawnSuccessor)
	// The successor before this one ends as well.
	m.ending = m.ending || m.successor
	m.successor, m.rebuilding = true, false
	return m, do
}

// leave begins the way down.
func (m machine) leave(then next) (machine, []action) {
	do := append(m.cancelUpdates(), actEnd)
	m.ending = true
	m, do = m.to(event.Stopping, do...)
	m.then = then
	return m, do
}

// cancelUpdates ends what goes on beside the process.
// The order does not matter: none of both knows the other.
func (m machine) cancelUpdates() []action {
	do := m.cancelBuild()
	if m.successor {
		do = append(do, actDropSuccessor)
	}
	return do
}

func (m machine) cancelBuild() (do []action) {
	if m.rebuilding {
		do = append(do, actCancelBuild)
	}
	return do
}

// exited is about a process that ended unasked, or never began. What is left of its tree
// goes on ending.
func (m machine) exited(in input) (machine, []action) {
	var to event.State
	var do []action
	switch in {
	case inSpawnFailed, inGaveUp:
		to = event.Failed
	case inCompleted:
		to = event.Done
	case inEnded:
		to = event.Exited
	case inCrashed:
		to, do = event.Backoff, []action{actArmBackoff}
	default:
		return m, nil
	}
	m.ending = true
	switch {
	// The successor is used although it is not ready: it is all that is left.
	case m.successor: // the version that replaces it runs already
		m.state, m.successor = event.Starting, false
		return m, []action{actSwitchOver}
	// Its build goes on, and its end leads to a start.
	case m.rebuilding: // the version that replaces it is on its way
		return m.to(event.Building)
	}
	return m.to(to, do...)
}

func (m machine) fromStopping(in input) (machine, []action) {
	switch in {
	case inKill:
		m.then = thenRest
		return m, []action{actKill}
	case inStop:
		m.then = thenRest
	// A start takes the stop back; a restart or a change asks for a build of what is
	// there by then.
	case inStart, inRestart, inChange:
		if m.heeds(in) {
			m.then = thenStart
		}
	case inGone:
		m.ending = false
		return m.goneWhileStopping()
	}
	return m, nil
}

func (m machine) goneWhileStopping() (machine, []action) {
	switch m.then {
	case thenSpawn:
		return m.spawn()
	case thenStart:
		return m.begin()
	}
	return m.to(event.Stopped)
}

func (m machine) fromBackoff(in input) (machine, []action) {
	// Nobody who asks waits for a delay: it is for crashes alone.
	switch in {
	case inStart, inRestart, inChange:
		return m.to(event.Waiting, actAwaitDeps)
	case inBackoff:
		return m.begin()
	case inStop, inKill:
		return m.stop(in)
	}
	return m.gone(in)
}

// atRest: no process is wanted, and none comes by itself.
func atRest(state event.State) bool { return state.Settled() && state != event.Ready }

// isDown: nothing of the service is left, and none comes by itself.
func isDown(s event.Service) bool { return atRest(s.State) && !s.Ending }
