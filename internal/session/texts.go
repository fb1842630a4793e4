package session

import (
	"fmt"
	"strings"

	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/procfile"
)

// texts are what people read of a service that changes.
type texts struct {
	current *current
	tail    func(service string) []string // of its output
	held    func(service string) int      // requests that have waited for it
}

// edit says at once what was changed; state says it again with what came of it.
func (t *texts) edit(e event.Event) string {
	next := " → restarting"
	if service := t.current.service(e.Service.Name); service != nil && service.Build != nil {
		next = " → building"
	}
	if e.Cause.By == event.Control {
		next = " → building once more, to see who writes it"
	}
	return editText(e.Cause) + logmux.Quiet(next)
}

func editText(c event.Cause) string {
	text := "↻ " + c.What() + " changed"
	if c.By == event.Control {
		text += " during a build"
	}
	return text
}

// state is the line for a new state, or "" where it would say nothing new.
func (t *texts) state(e event.Service) string {
	service := t.current.service(e.Name)
	if service == nil { // taken out of the Devgatefile, and on its way out
		return ""
	}
	switch e.State {
	// The reason says what it waits for.
	case event.Waiting:
		return e.Reason
	case event.Building:
		if e.Cause.IsChange() {
			return "" // said with the edit
		}
		return "building: " + service.Service.Build.String()
	// After an edit it is one line, from the file to the outcome: who saves looks for
	// that.
	case event.Ready, event.Done:
		if e.Cause.IsChange() {
			return editText(e.Cause) + t.outcome(service, e)
		}
		return t.ready(service, e)
	case event.Backoff:
		return logmux.Bad(e.Reason)
	case event.Exited:
		return "ended: " + e.Reason
	case event.Failed:
		return t.failure(service, e)
	case event.Stopped:
		return "stopped"
	}
	return ""
}

func (t *texts) ready(service *project.Service, e event.Service) string {
	build := ""
	if service.Build != nil {
		build = ", built in " + seconds(e.BuiltIn)
	}
	switch {
	case e.State == event.Done:
		return logmux.Good("done") + " in " + seconds(e.ReadyIn)
	case !t.current.isBackend(service):
		return logmux.Good("runs") + logmux.Quiet(fmt.Sprintf(" (pid %d%s)", e.PID, build))
	}
	return logmux.Good("ready") + fmt.Sprintf(" in %s", seconds(e.ReadyIn)) + logmux.Quiet(fmt.Sprintf(" on port %d (pid %d%s)", service.Port, e.PID, build))
}

// outcome is what an edit has led to, step by step.
func (t *texts) outcome(service *project.Service, e event.Service) (text string) {
	if service.Build != nil {
		text = " → build " + seconds(e.BuiltIn)
	}
	switch {
	case e.State == event.Done:
		text += " → " + logmux.Good("done") + " " + seconds(e.ReadyIn)
	case !t.current.isBackend(service):
		text += " → " + logmux.Good("runs") + logmux.Quiet(fmt.Sprintf(" (pid %d)", e.PID))
	default:
		text += " → " + logmux.Good("ready") + " " + seconds(e.ReadyIn)
	}
	// Overlapping processes hold none.
	if held := t.held(e.Name); held > 0 && service.RestartStyle != procfile.RestartOverlap {
		text += logmux.Quiet(fmt.Sprintf(" (%s held)", count(held, "request")))
	}
	return text
}

// failure says what failed, shows the end of the output and what can be done.
func (t *texts) failure(service *project.Service, e event.Service) string {
	lines := []string{logmux.Bad("failed") + ": " + e.Reason}
	if tail := t.tail(e.Name); len(tail) > 0 {
		lines = append(lines, "its last output:")
		for _, line := range tail {
			lines = append(lines, "    "+line)
		}
	}
	return strings.Join(append(lines, wayOut(service)), "\n")
}

func wayOut(service *project.Service) string {
	again := "devgate restart " + service.Name
	// Without patterns no file brings it back.
	if len(service.Watch) == 0 {
		return "start it again with: " + again
	}
	return fmt.Sprintf("waits for a change in %s, or: %s", strings.Join(service.Watch, ", "), again)
}

// madeText says that there is no file, and what has to be done once before what
// was found can run; nothing where there is a file.
func madeText(p *project.Project) []string {
	if p.Made == nil {
		return nil
	}
	lines := []string{"no Devgatefile: made one in memory (devgate init writes it)"}
	for _, command := range p.Made.First {
		lines = append(lines, "before the first start: "+command)
	}
	return lines
}
