package session

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/project"
	"devgate/procfile"
	"devgate/supervisor"
)

// terminals are those of the services with `pty = true`. They are as large as
// the terminal that devgate prints to, while nobody is attached.
type terminals struct {
	size func() (columns, rows int) // of devgate's own

	mu     sync.Mutex
	byName map[string]*supervisor.Terminal
}

func newTerminals(size func() (columns, rows int)) *terminals {
	return &terminals{size: size, byName: map[string]*supervisor.Terminal{}}
}

// of is the terminal of a service, or nil for one that has none. It is the same
// one each time, so that whoever is attached stays.
func (t *terminals) of(service *project.Service) *supervisor.Terminal {
	if !service.PTY {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byName[service.Name] == nil {
		t.byName[service.Name] = supervisor.NewTerminal(t.own())
	}
	return t.byName[service.Name]
}

func (t *terminals) resize() {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := t.own()
	for _, terminal := range t.byName {
		terminal.Resize(size)
	}
}

// follow passes on each new size of devgate's own terminal.
func (t *terminals) follow(ctx context.Context) error {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	defer signal.Stop(changed)
	t.resize() // it may have changed before anybody listened
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			t.resize()
		}
	}
}

// own is the size of devgate's own terminal.
func (t *terminals) own() supervisor.Size {
	columns, rows := t.size()
	return supervisor.Size{Columns: uint16(columns), Rows: uint16(rows)}
}

// Attach implements control.Actions.
func (d *actions) Attach(name string, size control.Size) (control.Terminal, error) {
	service := d.s.project().Service(name)
	if service == nil {
		return nil, fmt.Errorf("%w: %w", control.ErrUnknown, d.s.project().Unknown(name))
	}
	terminal := d.s.terminals.of(service)
	if terminal == nil {
		return nil, withoutTerminal(d.s.project(), service)
	}
	if err := d.runs(name); err != nil && !terminal.Running() {
		return nil, err
	}
	return &viewer{name, terminal.Attach(supervisor.Size(size))}, nil
}

// withoutTerminal says how a service gets a terminal.
func withoutTerminal(p *project.Project, service *project.Service) error {
	switch {
	case service.Kind() == procfile.Remote:
		return fmt.Errorf("%s is not started by devgate: it has a url (%s)", service.Name, service.Service.URL)
	case p.File.Format == procfile.Procfile:
		return fmt.Errorf("%s has no terminal of its own\n  hint: a Procfile cannot ask for one; a Devgatefile can, with pty = true in [%s]", service.Name, service.Name)
	}
	at := p.File.ErrorAt(service.Pos, "", "")
	return fmt.Errorf("%s has no terminal of its own\n  hint: write pty = true below [%s] (%s:%s)", service.Name, service.Name, at.File, at.Pos)
}

// runs returns an error about a service that has no process and gets none by
// itself.
func (d *actions) runs(name string) error {
	for _, e := range d.s.bus.Snapshot() {
		if e.Name == name && e.State.Settled() && e.State != event.Ready {
			return fmt.Errorf("%s does not run: it is %s\n  hint: devgate start %s", name, e.State, name)
		}
	}
	return nil
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
