package supervisor

import "devgate/internal/event"

// input is something that happened to a service.
type input uint8

const (
	inStart          input = iota // somebody wants it to run
	inRestart                     // somebody wants a new process of it
	inChange                      // a file it watches has changed
	inStop                        // somebody wants it to end
	inKill                        // somebody wants it to end now, without grace
	inDeps                        // everything named in After is ready or done
	inBuilt                       // the build command succeeded
	inBuildFailed                 // the build command failed
	inSpawnFailed                 // the command could not be started
	inReady                       // the readiness check passed
	inCrashed                     // the process ended; start it again after a delay
	inGaveUp                      // the process ended; do not start it again
	inCompleted                   // a task ended with exit status 0
	inEnded                       // a service ended without an error and stays so
	inDrained                     // no running request needs the old process any more
	inGone                        // the run is over: group empty, port free
	inGrace                       // the time to end by itself is over
	inBackoff                     // the delay after a crash is over
	inSuccessorReady              // the new process beside the old one can be used
	inSuccessorLost               // the new process beside the old one ended, or never began
	inputs                        // how many there are
)

// action is something the actor does after a step. Timers need none: a timer
// belongs to the state that armed it and dies with it.
type action uint8

const (
	actAwaitDeps   action = iota // ask the supervisor to say inDeps
	actBuild                     // run the build command, instead of one that runs
	actCancelBuild               // stop the build command
	actSpawn                     // begin a new run
	actDrain                     // wait for running requests, then inDrained
	actTerm                      // stop signal to the group, arm the grace timer
	actKill                      // KILL to the group
	actArmBackoff                // arm the delay
	actSucceed                   // begin a new run beside the process
	actDrop                      // end the run beside the process: it is not wanted any more
	actSwitch                    // the run beside the process takes its place; what it replaces ends
)

// next is what follows when a stopping service is gone.
type next uint8

const (
	thenRest  next = iota // nothing
	thenSpawn             // start the command; its build has just succeeded
	thenStart             // build, then start
)

// machine is the part of a service that decides. The zero machine is a
// stopped service without a build command.
type machine struct {
	state      event.State
	then       next // Stopping only
	draining   bool // Stopping only: the signal has not gone out yet
	rebuilding bool // Starting and Ready only: a build runs beside the process
	succeeding bool // Ready only: a successor starts beside the process
	builds     bool // the service has a build command
	overlaps   bool // a new process starts beside the old one
}

// step is the whole policy: total, pure, without a clock. Anything not named
// here leaves the service as it is.
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
func (m machine) heeds(in input) bool {
	now := event.Service{State: m.state, Returning: m.returns()}
	switch in {
	case inChange:
		return now.HeedsChanges()
	case inStart:
		return isDown(m.state) || m.state == event.Backoff || m.state == event.Stopping && !now.Returning
	case inStop:
		return m.state != event.Stopped && (m.state != event.Stopping || now.Returning)
	}
	return true
}

// returns reports whether a service that stops is started again.
func (m machine) returns() bool { return m.then != thenRest }

// updates reports whether a newer version is on its way beside the process.
func (m machine) updates() bool { return m.rebuilding || m.succeeding }

func (m machine) to(s event.State, do ...action) (machine, []action) {
	return machine{state: s, builds: m.builds, overlaps: m.overlaps}, do
}

// fromRest: Stopped, Done, Failed, Exited.
func (m machine) fromRest(in input) (machine, []action) {
	switch in {
	case inStart, inRestart, inChange:
		if m.heeds(in) {
			return m.to(event.Waiting, actAwaitDeps)
		}
	case inStop, inKill:
		return m.to(event.Stopped)
	}
	return m, nil
}

func (m machine) fromWaiting(in input) (machine, []action) {
	switch in {
	case inDeps:
		return m.begin()
	case inStop, inKill:
		return m.to(event.Stopped)
	}
	return m, nil
}

// begin starts the service from nothing: its build first, if it has one.
func (m machine) begin() (machine, []action) {
	if m.builds {
		return m.to(event.Building, actBuild)
	}
	return m.to(event.Starting, actSpawn)
}

func (m machine) fromBuilding(in input) (machine, []action) {
	switch in {
	case inBuilt:
		return m.to(event.Starting, actSpawn)
	case inBuildFailed:
		return m.to(event.Failed)
	case inRestart, inChange:
		if !m.builds { // the Devgatefile has taken the command away
			return m.to(event.Starting, actCancelBuild, actSpawn)
		}
		return m, []action{actBuild}
	case inStop, inKill:
		return m.to(event.Stopped, actCancelBuild)
	}
	return m, nil
}

// fromRunning: Starting and Ready, the states with a process.
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
		if m.succeeding {
			m.succeeding = false
			return m, []action{actSwitch}
		}
	case inSuccessorLost:
		m.succeeding = false
		return m, nil
	case inStop:
		return m.leave(thenRest)
	case inKill:
		do := append(m.loose(), actKill)
		m, _ = m.leave(thenRest)
		m.draining = false
		return m, do
	}
	return m.lose(in)
}

// renew replaces the process by one of the newest version: after it has ended
// or, where the service overlaps, before that.
func (m machine) renew() (machine, []action) {
	if !m.overlaps || m.state != event.Ready {
		return m.leave(thenSpawn)
	}
	do := append(m.loose(), actSucceed)
	m.succeeding, m.rebuilding = true, false
	return m, do
}

// leave begins the way down. The signal waits until running requests have
// ended, so that a restart loses none.
func (m machine) leave(then next) (machine, []action) {
	return machine{state: event.Stopping, then: then, draining: true, builds: m.builds, overlaps: m.overlaps}, append(m.loose(), actDrain)
}

// loose ends what goes on beside the process.
func (m machine) loose() (do []action) {
	if m.rebuilding {
		do = append(do, actCancelBuild)
	}
	if m.succeeding {
		do = append(do, actDrop)
	}
	return do
}

// lose is a process that ended unasked, or never began.
func (m machine) lose(in input) (machine, []action) {
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
	switch {
	case m.succeeding: // the version that replaces it runs already
		m.state, m.succeeding = event.Starting, false
		return m, []action{actSwitch}
	case m.rebuilding: // the version that replaces it is on its way
		return m.to(event.Building)
	}
	return m.to(to, do...)
}

func (m machine) fromStopping(in input) (machine, []action) {
	switch in {
	case inDrained:
		if m.draining {
			m.draining = false
			return m, []action{actTerm}
		}
	case inGrace, inKill:
		m.draining = false
		if in == inKill {
			m.then = thenRest
		}
		return m, []action{actKill}
	case inStop:
		m.then = thenRest
	case inStart:
		if m.then == thenRest {
			m.then = thenStart
		}
	case inRestart:
		m.then = thenStart
	case inChange:
		if m.heeds(in) {
			m.then = thenStart
		}
	case inGone:
		return m.goneWhileStopping()
	}
	return m, nil
}

func (m machine) goneWhileStopping() (machine, []action) {
	switch m.then {
	case thenSpawn:
		return m.to(event.Starting, actSpawn)
	case thenStart:
		return m.begin()
	}
	return m.to(event.Stopped)
}

func (m machine) fromBackoff(in input) (machine, []action) {
	switch in {
	case inStart, inRestart, inChange:
		return m.to(event.Waiting, actAwaitDeps)
	case inBackoff:
		return m.begin()
	case inStop, inKill:
		return m.to(event.Stopped)
	}
	return m, nil
}
