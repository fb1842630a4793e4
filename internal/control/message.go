package control

import (
	"time"

	"devgate/internal/event"
)

// Status is what `devgate status --json` prints. A field that has no value is
// null; no field is ever left out.
type Status struct {
	Name      string      `json:"name"`
	URL       string      `json:"url"`
	PID       int         `json:"pid"`
	State     event.State `json:"state"`     // starting, ready, failed or stopping
	Dashboard *string     `json:"dashboard"` // its URL
	Services  []Service   `json:"services"`  // in cascade order
	Alias     *string     `json:"alias"`     // its URL by a name of its own, where its ports have moved
}

// Service is one service in a Status.
type Service struct {
	// A pointer is null where there is no value: 0 is a number of restarts, and no port.
	Name     string      `json:"name"`
	Kind     string      `json:"kind"` // backend, worker, task or remote
	State    event.State `json:"state"`
	Port     *int        `json:"port"`
	URL      *string     `json:"url"`
	PID      *int        `json:"pid"`
	Restarts int         `json:"restarts"`
	ReadyMS  *int64      `json:"ready_ms"`  // from the last start to ready
	Exit     *Exit       `json:"exit"`      // the last one
	Reason   string      `json:"reason"`    // why it is in its state, for people; often ""
	Since    time.Time   `json:"since"`     // when it entered its state
	Started  *time.Time  `json:"started"`   // of the process that runs
	WaitsFor []string    `json:"waits_for"` // services that are not ready, without which it does not start; never null
	Updating bool        `json:"updating" jsonschema:"a newer version is built, or starts, beside the process"`
	Outdated bool        `json:"outdated" jsonschema:"the newest version did not build or start: the process is of one before it"`

	// What happened last stays when everything is well again.
	LastChange  *Moment `json:"last_change" jsonschema:"of what it watches, or is made from"`
	LastRestart *Moment `json:"last_restart" jsonschema:"when its process was started that is not the first, and what for"`
	LastFailure *Moment `json:"last_failure" jsonschema:"of a build, a start or a process; it stays when all is well again"`
}

// Settled reports whether the service stays as it is until somebody acts.
func (s Service) Settled() bool { return s.State.Settled() && !s.Updating }

// Moment is something that has happened; Text says for people what.
type Moment struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Readiness is the answer to who waits for services.
type Readiness struct {
	Ready   bool     `json:"ready"`   // all that were asked for
	Missing []string `json:"missing"` // what is not ready of them, and of what these wait for; in the order of Status
	Status  Status   `json:"status"`  // how everything is at that moment
}

// Exit is how a process ended; Code is 128+n when signal n ended it.
type Exit struct {
	Code   int       `json:"code"`
	Signal *string   `json:"signal"` // "KILL", or null
	At     time.Time `json:"at"`
}

// Verb is what to do with services.
type Verb string

// The verbs.
const (
	Start   Verb = "start"
	Stop    Verb = "stop"
	Restart Verb = "restart"
)
