package supervisor

import (
	"sync"
	"time"

	"devgate/internal/event"
)

// service is the actor: its goroutine, loop, owns every field.
// While a newer version is on its way, cause is that one's; tellUpdateFailed gives
// it back.
type service struct {
	spec    *Spec // the newest; a run keeps the one that it began with
	starter Starter
	box     *mailbox[message]
	tell    func(event.Event)

	machine machine
	view    event.Service
	crashes crashes
	delay   time.Duration // of the coming backoff
	reason  string        // for the coming state
	cause   event.Cause   // the newest that was heeded; a run keeps the one that it began with
	why     string        // what the coming run is for, for people

	run       *run         // the newest that was not a successor, over or not
	successor *run         // that starts beside it; nil: none does
	ending    map[int]*run // those that are on their way out, by number
	runs      sync.WaitGroup
	started   int       // how many runs there have been
	began     time.Time // of the run's child
	build     *build
	builds    int
	staged    bool          // the last build succeeded, and no run has begun since
	slots     chan struct{} // as many as builds may run at once, of all services

	entries  int // counts the states entered
	timers   []*time.Timer
	quitting bool
}

func newService(spec Spec, starter Starter, slots chan struct{}, tell func(event.Event)) *service {
	s := &service{spec: &spec, starter: starter, box: newMailbox[message](), tell: tell, slots: slots, ending: map[int]*run{}}
	// view is what others see; machine decides, and knows nothing of names, ports and
	// times.
	s.machine.builds = spec.Build != nil
	s.view = event.Service{Name: spec.Name, Port: spec.Port, Since: time.Now()}
	return s
}

// loop acts on messages until quit and until nothing of the service runs; then
// it waits for the goroutines of runs and of the last build.
func (s *service) loop() {
	// Down, and not only at rest: what an earlier run has left may still be ending.
	for !s.quitting || !isDown(s.view) {
		// One token stands for all that has come; take empties the box.
		<-s.box.ready
		for _, m := range s.box.take() {
			if s.fits(m) {
				s.handle(m)
			}
		}
	}
	s.disarm()
	// The last build may still be ending: it has reported nothing since it was cancelled.
	if s.build != nil {
		s.build.cancel()
		<-s.build.over
	}
	s.runs.Wait()
}

// fits refuses what speaks of an older build or state.
func (s *service) fits(m message) bool {
	return (m.build == 0 || m.build == s.builds) && (m.entry == 0 || m.entry == s.entries)
}

// handle acts on a message. What a run tells that is on its way out only counts
// while it is the service's own.
func (s *service) handle(m message) {
	switch {
	case m.what == over:
		s.forget(m.run)
	case m.run == 0 || s.run != nil && m.run == s.run.number:
		s.act(m)
	case s.successor != nil && m.run == s.successor.number:
		s.hearSuccessor(m)
	case m.what == said:
		s.notice(m.text)
	}
}

func (s *service) act(m message) {
	switch m.what {
	case reported:
		// In front of the input, which may start it.
		s.forgive(m.in)
		s.report(m)
	case spawned:
		s.began = time.Now()
		s.view.PID, s.view.Started = m.pid, s.began
		s.publish()
	case exited:
		s.noteExit(m)
	case failed:
		s.noteFailure(m)
	case said:
		s.notice(m.text)
	case lasting:
		s.explainDelay()
	case replaced:
		s.replace(m)
	case quit:
		s.quitting = true
		// Nobody else stops it any more: the supervisor has forgotten it.
		if !isDown(s.view) { // a start came after the decision to forget it
			s.apply(inStop)
		}
	}
}

// report takes an input as it is.
func (s *service) report(m message) {
	switch m.in {
	case inBuilt:
		s.staged, s.view.BuiltIn = true, m.ran
	case inStart, inRestart, inChange, inStop:
		s.ask(m.in, m.cause)
		return
	}
	s.apply(m.in)
}

// ask takes what somebody wants, and tells it before what it leads to.
// An input that leads to nothing is not told: "restarting" would not be true.
func (s *service) ask(in input, by event.Cause) {
	heeded, entered := s.machine.heeds(in), s.entries
	if heeded {
		s.remember(by)
		s.tell(event.Event{At: time.Now(), Kind: event.Asked, Service: s.view, Cause: by})
	}
	s.apply(in)
	if heeded && s.entries == entered {
		s.view.Updating = s.machine.updates()
		s.tellView() // it goes on as it is, and there is more to tell of it
	}
}

// replace puts a new spec in place. Where its version is another one, a new
// process follows.
func (s *service) replace(m message) {
	before := s.spec
	s.spec = m.spec
	// A time of a build that there is none of any more would be shown for ever.
	if s.machine.builds = s.spec.Build != nil; !s.machine.builds {
		s.view.BuiltIn = 0
	}
	// It never turns on here: only a run that was begun with Renew has a port of its own.
	s.machine.overlaps = s.machine.overlaps && s.spec.Renew != nil
	if s.spec.Version != before.Version {
		s.forgive(inChange)
		s.ask(inChange, event.Cause{By: event.Reload})
	}
}

// forgive clears the memory of crashes: an edit or a command is a new attempt.
func (s *service) forgive(in input) {
	switch in {
	case inStart, inRestart, inChange:
		s.crashes = crashes{}
	}
}

// apply lets the machine decide and carries its actions out.
func (s *service) apply(in input) {
	before := s.machine
	after, actions := before.step(in)
	s.machine = after
	switch {
	case after.state != before.state:
		s.enter()
	// Only what others see of it has changed: whether it comes back, or what is still
	// ending.
	case after.then != before.then:
		s.publish()
	case after.ending != before.ending:
		s.tellView() // nobody acts on it at once
	}
	s.reason = ""
	// After the state is known to all, as Guarantees say; actions may bring messages at
	// once.
	for _, a := range actions {
		s.do(a)
	}
}

// enter makes a new state known. Timers of the state before end with it.
func (s *service) enter() {
	s.disarm()
	s.entries++
	s.view.State, s.view.Since, s.view.Reason, s.view.Cause = s.machine.state, time.Now(), s.reason, s.cause
	switch s.machine.state {
	case event.Starting:
		s.armNotice(slowStart)
		s.armNotice(verySlowStart)
	case event.Ready, event.Done:
		s.view.ReadyIn, s.view.Cause = time.Since(s.began), s.run.cause // a newer one may be on its way
	case event.Stopping:
		// Nobody waits for the replaced ones while the service itself goes.
		s.hasten()
	}
	if s.machine.ending && !s.machine.hasProcess() {
		s.armNotice(slowStop)
	}
	// What comes next is of the newest version, or nothing.
	s.view.Outdated = s.view.Outdated && s.machine.hasProcess()
	s.publish()
}

// publish shows the view to the gateway first and to everybody else after it.
func (s *service) publish() {
	s.view.Returning, s.view.Ending, s.view.Updating = s.machine.returns(), s.machine.ending, s.machine.updates()
	if s.spec.Observe != nil {
		s.spec.Observe(s.view)
	}
	s.tellView()
}

func (s *service) tellView() {
	s.view.Ending = s.machine.ending
	s.tell(event.Event{At: time.Now(), Kind: event.StateChanged, Service: s.view})
}

func (s *service) notice(text string) {
	s.tell(event.Event{At: time.Now(), Kind: event.Notice, Service: s.view, Text: text})
}

func (s *service) do(a action) {
	switch a {
	case actAwaitDeps: // the supervisor sees the state and answers
	case actBuild:
		s.startBuild()
	case actCancelBuild:
		s.build.cancel()
		s.builds++ // whatever it still reports is stale
	case actSpawn:
		s.startRun()
	case actEnd:
		s.end(s.run, DrainLimit)
	case actKill:
		s.kill()
	case actArmBackoff:
		s.arm(s.delay, message{in: inBackoff})
	case actSpawnSuccessor:
		s.startSuccessor()
	case actDropSuccessor:
		s.dropSuccessor()
	case actSwitchOver:
		s.switchOver()
	}
}

func (s *service) startBuild() {
	var after <-chan struct{}
	if s.build != nil {
		s.build.cancel()
		// Not waited for here: an actor never blocks. The new build does.
		after = s.build.over
	}
	s.builds++
	s.staged = false
	s.build = newBuild(s.builds, s.cause, s.spec, s.starter, s.slots, after, s.box.put)
	go s.build.main() // its end is waited for by the next build, or by loop
}

func (s *service) arm(d time.Duration, m message) {
	m.entry = s.entries
	// AfterFunc only puts a message, which is dropped if the state has been left.
	s.timers = append(s.timers, time.AfterFunc(d, func() { s.box.put(m) }))
}

func (s *service) armNotice(d time.Duration) { s.arm(d, message{what: lasting}) }

func (s *service) disarm() {
	for _, t := range s.timers {
		t.Stop()
	}
	s.timers = s.timers[:0]
}
