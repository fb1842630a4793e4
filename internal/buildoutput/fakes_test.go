package buildoutput

import "time"

// fakeFile is a file on the disk.
type fakeFile struct {
	content uint64
	written time.Time
	by      string // "", or the service whose build has written it
	blurred bool   // somebody has written it at the moment at which a build does: nobody can tell them apart
}

// fakeService is a service with a build, and what the build writes.
type fakeService struct {
	name     string
	takes    time.Duration // to build; 0: it has no build
	jitter   float64       // of all that takes time, as a part of it
	watch    []string      // prefixes of paths
	writes   []fakeWrite
	onStart  []string // files that the service writes 0.3 s after each start
	beside   []string // files that another program writes 0.3 s after each save
	building *fakeBuild
	newest   *fakeBuild
	fails    float64     // how likely its build is to fail, halfway through
	builds   []time.Time // when they began, those that were cut off too
	whole    time.Time   // when the newest that was not cut off began
	started  []time.Time
	known    map[string]uint64
	pending  map[string]span
	settleAt time.Time
	due      time.Time // when it is told of a change; zero: there is none
}

// span is from the first to the last write of a file that a watch has not told of.
type span struct{ first, last time.Time }

type fakeBuild struct {
	ended   bool
	planned map[string][]time.Time // when it writes
}

// fakeWrite is a file that a build writes.
type fakeWrite struct {
	path   string
	at     float64 // as a part of the build's time
	exact  time.Duration
	gone   bool   // it is removed
	steady string // what it holds follows from this file; "": it is different each time
	lazy   bool   // it is written only where it would be different
	hashed bool   // its name says what it holds; that of another content is removed
}
