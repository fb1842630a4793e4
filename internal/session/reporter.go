package session

import (
	"fmt"
	"strings"
	"time"

	"devgate/internal/event"
	"devgate/internal/project"
	"devgate/procfile"
)

// reporter says to people what happens to services, and notices when all are
// ready. Its goroutine owns its fields.
type reporter struct {
	s      *session
	events *event.Subscription
	ended  chan struct{}
	before map[string]event.Service
	told   bool // the ready line
	late   <-chan time.Time
}

func newReporter(s *session) *reporter {
	n := &reporter{s: s, events: s.bus.Subscribe(), ended: make(chan struct{}), before: map[string]event.Service{}}
	if s.options.Late > 0 {
		n.late = time.After(s.options.Late)
	}
	return n
}

// run ends when stop was called and everything published before was said.
func (n *reporter) run() {
	for {
		select {
		case e, open := <-n.events.C:
			if open {
				n.tell(e)
				continue
			}
			if n.events.Err() == nil {
				return
			}
			n.resume()
		case <-n.late:
			n.tellLate()
		}
	}
}

func (n *reporter) stop() { n.events.Close() }

// resume goes on with the newest state when events came faster than they were
// said.
func (n *reporter) resume() {
	n.events = n.s.bus.Subscribe()
	for _, service := range n.events.Snapshot {
		n.tell(event.Event{At: time.Now(), Service: service})
	}
}

func (n *reporter) tell(e event.Event) {
	name := e.Service.Name
	if e.Kind == event.Removed {
		delete(n.before, name)
		n.s.say(name, "removed")
		return
	}
	if e.Kind == event.Asked {
		n.tellEdit(e)
		return
	}
	if e.Kind != event.StateChanged {
		n.s.say(name, n.noticeText(e))
		return
	}
	before, known := n.before[name]
	n.before[name] = e.Service
	if known && before.State == e.Service.State && before.Reason == e.Service.Reason && before.Since.Equal(e.Service.Since) {
		return
	}
	if text := n.stateText(e.Service, known); text != "" {
		n.s.say(name, text)
	}
	n.exitOnFailure(e.Service)
	n.tellReady()
}

// tellEdit says at once what was changed; stateText says it again with what came
// of it. What a command or a key asks for is said where it is given.
func (n *reporter) tellEdit(e event.Event) {
	if e.Cause.By != event.Edit {
		return
	}
	next := " → restarting"
	if service := n.s.project().Service(e.Service.Name); service != nil && service.Build != nil {
		next = " → building"
	}
	n.s.say(e.Service.Name, editText(e.Cause)+quiet(next))
}

func editText(c event.Cause) string { return "↻ " + c.What() + " changed" }

func (n *reporter) noticeText(e event.Event) string {
	if e.Service.State == event.Stopping && n.s.isStopping() {
		return e.Text + "; Ctrl-C again kills it now"
	}
	return e.Text
}

// stateText is the line for a new state, or "" where it would say nothing new.
func (n *reporter) stateText(e event.Service, known bool) string {
	service := n.s.project().Service(e.Name)
	if service == nil { // taken out of the Devgatefile, and on its way out
		return ""
	}
	switch e.State {
	case event.Waiting:
		return e.Reason
	case event.Building:
		if e.Cause.By == event.Edit {
			return "" // said with the edit
		}
		return "building: " + service.Service.Build.String()
	case event.Ready, event.Done:
		if e.Cause.By == event.Edit {
			return editText(e.Cause) + n.outcome(service, e)
		}
		return n.readyText(service, e)
	case event.Backoff:
		return bad(e.Reason)
	case event.Exited:
		return "ended: " + e.Reason
	case event.Failed:
		return n.failureText(service, e)
	case event.Stopped:
		if known && !n.s.isStopping() {
			return "stopped"
		}
	}
	return ""
}

func (n *reporter) readyText(service *project.Service, e event.Service) string {
	build := ""
	if service.Build != nil {
		build = ", built in " + seconds(e.BuiltIn)
	}
	switch {
	case e.State == event.Done:
		return good("done") + " in " + seconds(e.ReadyIn)
	case !n.s.isBackend(service):
		return good("runs") + quiet(fmt.Sprintf(" (pid %d%s)", e.PID, build))
	}
	return good("ready") + fmt.Sprintf(" in %s", seconds(e.ReadyIn)) + quiet(fmt.Sprintf(" on port %d (pid %d%s)", service.Port, e.PID, build))
}

// outcome is what an edit has led to, step by step.
func (n *reporter) outcome(service *project.Service, e event.Service) (text string) {
	if service.Build != nil {
		text = " → build " + seconds(e.BuiltIn)
	}
	switch {
	case e.State == event.Done:
		text += " → " + good("done") + " " + seconds(e.ReadyIn)
	case !n.s.isBackend(service):
		text += " → " + good("runs") + quiet(fmt.Sprintf(" (pid %d)", e.PID))
	default:
		text += " → " + good("ready") + " " + seconds(e.ReadyIn)
	}
	if held := n.s.gateway.Held(e.Name); held > 0 && service.RestartStyle != procfile.RestartOverlap {
		text += quiet(fmt.Sprintf(" (%s held)", count(held, "request")))
	}
	return text
}

// failureText says what failed, shows the end of the output and what can be
// done.
func (n *reporter) failureText(service *project.Service, e event.Service) string {
	lines := []string{bad("failed") + ": " + e.Reason}
	if tail := n.s.tail(e.Name); len(tail) > 0 {
		lines = append(lines, "its last output:")
		for _, line := range tail {
			lines = append(lines, "    "+line)
		}
	}
	return strings.Join(append(lines, wayOut(service)), "\n")
}

func wayOut(service *project.Service) string {
	again := "devgate restart " + service.Name
	if len(service.Watch) == 0 {
		return "start it again with: " + again
	}
	return fmt.Sprintf("waits for a change in %s, or: %s", strings.Join(service.Watch, ", "), again)
}

// exitOnFailure ends the session at the first failure where that was asked for.
func (n *reporter) exitOnFailure(e event.Service) {
	if !n.s.options.ExitOnFailure || e.State != event.Failed && e.State != event.Backoff || e.Exit != nil && !e.Exit.Failure() {
		return
	}
	n.s.say("", e.Name+" failed: stopping (--exit-on-failure)")
	n.s.end(&ServiceError{e.Name, e.Exit})
}

// tellReady prints the one stable line once every backend is ready.
func (n *reporter) tellReady() {
	if n.told || n.s.isStopping() || len(n.missing()) > 0 {
		return
	}
	n.told, n.late = true, nil
	line := ReadyLine(n.s.project().URL, n.s.backends(n.s.startedAtFirst()), time.Since(n.s.began))
	n.s.say("", strings.Replace(line, "ready", good("ready"), 1))
	if n.s.options.OpenWhenReady {
		n.s.options.Browse(n.s.project().URL)
	}
}

// ReadyLine is the one stable line that says that every backend is ready.
func ReadyLine(url string, backends int, took time.Duration) string {
	return fmt.Sprintf("ready %s (%s, %s)", url, count(backends, "backend"), seconds(took))
}

// missing are the backends that are not ready; without any backend, all
// services that are not.
func (n *reporter) missing() []event.Service {
	var all []event.Service
	started := n.s.startedAtFirst()
	for _, service := range n.s.project().Services {
		e, known := n.before[service.Name]
		if !started[service.Name] || service.Service.URL != nil {
			continue
		}
		counts := service.InCascade() || n.s.backends(started) == 0
		if counts && (!known || e.State != event.Ready && e.State != event.Done) {
			e.Name = service.Name
			all = append(all, e)
		}
	}
	return all
}

// tellLate says which services keep --wait waiting.
func (n *reporter) tellLate() {
	n.late = nil // the ready line may still come
	for _, e := range n.missing() {
		text := fmt.Sprintf("not ready after %s: %s", n.s.options.Late, e.State)
		if e.Reason != "" {
			text += ": " + e.Reason
		}
		n.s.say(e.Name, text)
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return fmt.Sprintf("%d processes", n)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }

// backends counts the services of a set that are in the cascade.
func (s *session) backends(set map[string]bool) (n int) {
	for _, service := range s.project().Services {
		if set[service.Name] && s.isBackend(service) {
			n++
		}
	}
	return n
}

// isBackend: in the cascade; a process of a Procfile is once it has listened.
func (s *session) isBackend(service *project.Service) bool {
	return service.InCascade() && (!service.JoinsWhenListening || s.joined(service.Name))
}

// greet says what is about to run, and which keys this version leaves alone.
func (s *session) greet() {
	if text := movedText(s.project()); text != "" {
		s.say("", text)
	}
	s.say("", fmt.Sprintf("%s  %s  %s", s.project().Name, s.project().URL, s.cascade()))
	if n := s.endedBefore; n > 0 {
		s.say("", fmt.Sprintf("ended %s that an earlier devgate had left behind", processes(n)))
	}
	for _, note := range s.project().Notes() {
		s.say("", note.Error())
	}
	if host := s.project().Host; !project.IsLoopback(host) {
		s.say("", fmt.Sprintf("the gateway listens on %s: other machines in your network can reach your servers", host))
	}
}

// cascade is who is asked, in order, of what is started.
func (s *session) cascade() string {
	started := s.startedAtFirst()
	var steps []string
	for _, service := range s.project().Services {
		switch {
		case service.Service.URL != nil:
			steps = append(steps, service.Name+" "+service.URL)
		case service.InCascade() && started[service.Name]:
			steps = append(steps, fmt.Sprintf("%s :%d", service.Name, service.Port))
		}
	}
	if s.project().File.Format == procfile.Procfile {
		return strings.Join(steps, " → ") + "  (those that listen)"
	}
	if s.project().Static != "" {
		steps = append(steps, s.project().File.Static+"/")
	}
	return strings.Join(steps, " → ")
}

// sayGoodbye names what is stopped; the returned function tells that it is done.
func (s *session) sayGoodbye() (done func()) {
	began := time.Now()
	var left []string
	for _, e := range s.bus.Snapshot() {
		if e.PID != 0 {
			left = append(left, e.Name)
		}
	}
	if len(left) > 0 {
		s.say("", "stopping "+strings.Join(left, ", "))
	}
	return func() { s.say("", "stopped in "+seconds(time.Since(began))) }
}
