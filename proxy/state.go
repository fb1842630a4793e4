package proxy

import "time"

// Phase is what the gateway does with requests for a backend.
type Phase int

const (
	// Waiting: starting, building, restarting or backing off; requests are held.
	Waiting Phase = iota
	// Ready: requests are sent.
	Ready
	// Down: crashed, failed or stopped; requests get 502, or pass by when the
	// backend is Optional.
	Down
	// Absent: not in the cascade; requests pass by.
	Absent
)

// word is what an answer tells of a backend in that state.
func (s State) word() string {
	if s.Phase == Down && s.Stopped {
		return "stopped"
	}
	return s.Phase.String()
}

// String returns the word that /__devgate/state tells.
func (p Phase) String() string {
	switch p {
	case Waiting:
		return "waiting"
	case Ready:
		return "ready"
	case Down:
		return "down"
	case Absent:
		return "absent"
	}
	return "unknown"
}

// State is what is known of a backend from outside; see Gateway.SetState.
type State struct {
	Phase Phase
	// Port on which the process that is Ready listens, on this machine. 0: the
	// configured one. It means nothing in another Phase, nor for a backend that
	// has a URL. Ready on another Port than before is a switch: requests that
	// have begun end at the old one.
	Port int
	// Stopped says of a backend that is Down that somebody wanted it so. It means
	// nothing in another Phase.
	Stopped bool
	// Reason is one phrase for people: "building", "exited with status 1".
	Reason string
	// Since is when what Reason says has begun. Zero: nobody knows.
	Since time.Time
	// Usual is how long what Reason says takes as a rule. 0: nobody knows.
	Usual time.Duration
	// Heeding says of a backend that is Down that a change of its files starts it
	// again.
	Heeding bool
}
