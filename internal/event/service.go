package event

import (
	"fmt"
	"time"
)

// State is where a service stands in its life. The zero State is Stopped.
type State uint8

// The states of a service, as people and JSON read them.
const (
	Stopped  State = iota // not running, because nobody asked for it or somebody stopped it
	Waiting               // asked to run; a service named in its `after` is not ready yet
	Building              // its build command runs, and no version of it is running
	Starting              // its process runs, or is about to, and is not ready yet
	Ready                 // its process runs and its readiness check has passed
	Done                  // a task that has exited 0
	Stopping              // asked to end; its process tree or its port is still there
	Backoff               // it crashed and is started again after a delay
	Failed                // it does not run and is not started again without a change or a command
	Exited                // it ended by itself without an error and is not started again
)

var stateNames = [...]string{
	Stopped: "stopped", Waiting: "waiting", Building: "building", Starting: "starting", Ready: "ready",
	Done: "done", Stopping: "stopping", Backoff: "backoff", Failed: "failed", Exited: "exited",
}

// States lists every state once, in the order of the constants.
func States() []State {
	all := make([]State, len(stateNames))
	for i := range all {
		all[i] = State(i)
	}
	return all
}

// String is the state's word, as `devgate status` prints it.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// MarshalText writes the state's word.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a state's word; an unknown word is an error.
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("unknown state %q", text)
}

// Settled reports whether a service in this state changes no more by itself:
// it is ready, has ended, or waits for somebody to act.
func (s State) Settled() bool {
	switch s {
	case Ready, Done, Stopped, Failed, Exited:
		return true
	}
	return false
}

// Exit is how a process ended.
type Exit struct {
	Code   int       // exit status; 128+n when signal n ended it
	Signal string    // the signal's name ("KILL"), or "" when it exited by itself
	At     time.Time // when it was noticed
}

// String says it for people: "exit status 3" or "killed by KILL".
func (e Exit) String() string {
	if e.Signal != "" {
		return "killed by " + e.Signal
	}
	return fmt.Sprintf("exit status %d", e.Code)
}

// Failure reports whether the process ended in another way than exit status 0.
func (e Exit) Failure() bool { return e.Code != 0 || e.Signal != "" }

// Service is what is known of one service at one moment.
type Service struct {
	Name      string
	State     State
	Returning bool          // Stopping only: it is started again once it has stopped
	Ending    bool          // a process of it, or what one left behind, is on its way out beside what State says
	Updating  bool          // a newer version is built, or starts, beside the process
	Outdated  bool          // the newest version did not build or start: the process is of one before it
	PID       int           // of the running process; 0 when none runs
	Started   time.Time     // when that process was started; zero when none runs
	Port      int           // that the process listens on, or is expected to; 0: none
	Restarts  int           // how often it was started after the first time
	ReadyIn   time.Duration // from the last start to ready or done; 0 before the first time
	BuiltIn   time.Duration // how long the build of this version took; 0: there was none
	Since     time.Time     // when State was entered
	Exit      *Exit         // the last exit, or nil while there was none
	Reason    string        // why it is in this State, for people; often ""
	Cause     Cause         // what State goes back to; of a Ready service: what its process was started for
	Past      Past          // what has happened last
}

// HeedsChanges reports whether a change of its files leads to anything. It does
// not where somebody has stopped the service: a save is no reason to start it.
func (s Service) HeedsChanges() bool {
	return s.State != Stopped && (s.State != Stopping || s.Returning)
}
