package session

import (
	"context"
	"fmt"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/supervisor"
)

// attacher joins clients with the terminals of services.
type attacher struct {
	current   *current
	bus       *event.Bus
	terminals *terminals
}

// Attach implements control.Actions.
func (a *attacher) Attach(name string, size control.Size) (control.Terminal, error) {
	service := a.current.service(name)
	if service == nil {
		return nil, control.NewError(control.Unknown, a.current.setup().Unknown(name))
	}
	terminal := a.terminals.of(service)
	if terminal == nil {
		return nil, control.NewError(control.Refused, withoutTerminal(a.current.setup().Project, service))
	}
	// Between two processes a service is not down: who attaches then sees the next one
	// begin.
	if now, known := a.bus.Service(name); known && isDown(now) && !terminal.Running() {
		return nil, &control.Error{
			Kind: control.Refused, Text: fmt.Sprintf("%s does not run: it is %s", name, now.State), Hint: "devgate start " + name,
		}
	}
	return &viewer{name, terminal.Attach(supervisor.Size(size))}, nil
}

// isDown: it has no process, and gets none by itself.
// Settled and ready at once is a service that runs; all other settled states have no
// process.
func isDown(s event.Service) bool { return s.State.Settled() && s.State != event.Ready }

// withoutTerminal says how a service gets a terminal.
func withoutTerminal(p *project.Project, service *project.Service) error {
	switch {
	case isRemote(service):
		return fmt.Errorf("%s is not started by devgate: it has a url (%s)", service.Name, service.Service.URL)
	case p.File.Format == procfile.Procfile:
		return fmt.Errorf("%s has no terminal of its own\n  hint: a Procfile cannot ask for one; a Devgatefile can, with pty = true in [%s]", service.Name, service.Name)
	}
	at := p.File.ErrorAt(service.Pos, "", "")
	return fmt.Errorf("%s has no terminal of its own\n  hint: write pty = true below [%s] (%s:%s)", service.Name, service.Name, at.File, at.Pos)
}

// viewer is a control.Terminal.
type viewer struct {
	name string
	*supervisor.Viewer
}

// Next implements control.Terminal.
func (v *viewer) Next(ctx context.Context) (control.Shown, error) {
	part, err := v.Viewer.Next(ctx)
	switch {
	case err != nil || part.Output != nil:
		return control.Shown{Output: part.Output}, err
	case part.Running:
		return control.Shown{Notice: v.name + " has started"}, nil
	}
	// The person stays attached: what is shown is the service's terminal, and not that of
	// one process.
	return control.Shown{Notice: v.name + " has no process now; its next one appears here (Ctrl-] leaves)"}, nil
}

// Input implements control.Terminal.
func (v *viewer) Input(p []byte) error {
	if err := v.Viewer.Input(p); err != nil {
		return fmt.Errorf("%s is busy: %w", v.name, err)
	}
	return nil
}

// Resize implements control.Terminal.
func (v *viewer) Resize(size control.Size) { v.Viewer.Resize(supervisor.Size(size)) }

// Close implements control.Terminal.
func (v *viewer) Close() { v.Viewer.Close() }

var _ control.Terminal = (*viewer)(nil)
