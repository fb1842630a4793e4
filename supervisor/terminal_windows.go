package supervisor

import (
	"fmt"
	"time"

	"devgate/internal/proc"
)

// device is the console that a child runs in, and how large it is, which the system does
// not tell.
type device struct {
	*proc.PseudoConsole
	size Size // guarded by the Terminal's lock
}

// open makes a console for the next child.
func (t *Terminal) open() (*device, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := t.size()
	console, err := proc.NewPseudoConsole(size.Columns, size.Rows)
	if err != nil {
		return nil, fmt.Errorf("pty = true: %w; without it the service gets pipes", err)
	}
	return &device{console, size}, nil
}

// Write types into the console.
func (d *device) Write(p []byte) (int, error) { return d.In.Write(p) }

// SetWriteDeadline is until when a Write may take.
func (d *device) SetWriteDeadline(t time.Time) error { return d.In.SetWriteDeadline(t) }

func setSize(d *device, s Size) {
	if s != d.size && d.Resize(s.Columns, s.Rows) == nil {
		d.size = s
	}
}

func sizeOf(d *device) Size { return d.size }

// repaint has the console show again all that is on it, and the programs in it look: both
// happen when its size changes, and no call asks for it.
func repaint(d *device) {
	if d.size.Rows > 1 && d.Resize(d.size.Columns, d.size.Rows-1) == nil {
		d.Resize(d.size.Columns, d.size.Rows)
	}
}
