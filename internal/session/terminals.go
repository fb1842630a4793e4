package session

import (
	"context"
	"sync"

	"devgate/internal/project"
	"devgate/supervisor"
)

// terminals are those of the services with `pty = true`. They are as large as
// the terminal that devgate prints to, while nobody is attached.
type terminals struct {
	size       func() (columns, rows int)                // of devgate's own
	followSize func(ctx context.Context, changed func()) // tells when it has another

	mu     sync.Mutex
	byName map[string]*supervisor.Terminal
}

func newTerminals(size func() (columns, rows int), follow func(context.Context, func())) *terminals {
	return &terminals{size: size, followSize: follow, byName: map[string]*supervisor.Terminal{}}
}

// of is the terminal of a service, or nil for one that has none. It is the same
// one each time, so that whoever is attached stays.
func (t *terminals) of(service *project.Service) *supervisor.Terminal {
	// A service that loses pty = true keeps its entry here, which nobody asks for any
	// more.
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
	t.followSize(ctx, t.resize)
	return nil
}

// own is the size of devgate's own terminal.
func (t *terminals) own() supervisor.Size {
	columns, rows := t.size()
	return supervisor.Size{Columns: uint16(columns), Rows: uint16(rows)}
}
