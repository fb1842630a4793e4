package supervisor

// input is something that happened to a service.
type input uint8

// Their order has no meaning; state_test.go goes over all of them with every state.
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
	inGone                        // every run that was on its way out is over: trees ended, ports free
	inBackoff                     // the delay after a crash is over
	inSuccessorReady              // the new process beside the old one can be used
	inSuccessorLost               // the new process beside the old one ended, or never began
	inputs                        // how many there are
)

// action is something the actor does after a step. Timers need none: a timer
// belongs to the state that armed it and dies with it.
// They are carried out in the order in which a step gives them.
type action uint8

const (
	actAwaitDeps      action = iota // ask the supervisor to say inDeps
	actBuild                        // run the build command, instead of one that runs
	actCancelBuild                  // stop the build command
	actSpawn                        // begin a new run
	actEnd                          // end the run of the process: requests, stop signal, grace, KILL
	actKill                         // kill whatever is left
	actArmBackoff                   // arm the delay
	actSpawnSuccessor               // begin a new run beside the process
	actDropSuccessor                // end the run beside the process: it is not wanted any more
	actSwitchOver                   // the run beside the process takes its place; what it replaces ends
)

// next is what follows when a stopping service is gone.
type next uint8

const (
	thenRest  next = iota // nothing
	thenSpawn             // start the command; its build has just succeeded
	thenStart             // build, then start
)
