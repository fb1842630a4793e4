package event

import "time"

// Moment is something that has happened to a service, and when.
type Moment struct {
	At   time.Time
	Text string // for people
}

// Past is what has happened to a service last, whatever it is like by now: that it
// runs again does not undo its crash. What has not happened is nil.
type Past struct {
	Change  *Moment // files that it watches, or what it is made from, were changed, and it acted on that; Text names them
	Restart *Moment // a process was started that is not the first; Text says what for
	Failure *Moment // a build, a start or a process failed; Text says how
}
