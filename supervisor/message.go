package supervisor

import (
	"time"

	"devgate/internal/event"
)

// message is what an actor finds in its mailbox. run, build and entry say what
// it speaks of, by number: one of an older build, or of a state since left, is
// dropped; 0 fits always.
type message struct {
	run   int
	build int
	entry int
	what  report
	in    input         // reported, failed: the input
	cause event.Cause   // reported: of what somebody wants
	pid   int           // spawned
	exit  event.Exit    // exited
	spec  *Spec         // replaced
	ran   time.Duration // exited, and reported by a build: how long
	text  string        // failed: the reason; said: the text
}

// report tells the kinds of messages apart.
type report uint8

const (
	// It is the zero value, so message{in: inStop} is an input as it is.
	reported report = iota // an input for the machine, as it is
	spawned                // the child runs
	exited                 // the child's leader ended
	failed                 // in happened, and text says why
	over                   // nothing of the run is left
	said                   // text is for people
	lasting                // a state lasts long; say what it waits for
	replaced               // spec is the service's from now on
	quit                   // no more messages come from the supervisor
)
