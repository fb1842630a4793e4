package supervisor

import (
	"context"
	"errors"
	"io"
	"slices"
)

// viewerBytes is how far a viewer may be behind before it is cut off.
const viewerBytes = 4 << 20

// ErrTooSlow is returned to a viewer that was cut off because it did not take
// the output fast enough.
var ErrTooSlow = errors.New("cut off: it prints faster than this terminal shows")

// Part is what a viewer sees next: output, or, without any, that a child has
// begun or ended.
type Part struct {
	Output  []byte // as the child wrote it; nil: Running has changed
	Running bool
}

// Viewer is somebody who looks at a Terminal and types into it, over all runs
// of the service. Its methods may be called from any goroutine, Next from one
// at a time.
type Viewer struct {
	terminal *Terminal
	more     chan struct{} // holds a token when there may be something new

	// What follows is guarded by terminal.mu.
	size   Size
	parts  []Part
	behind int   // bytes in parts
	over   error // why nothing follows
}

// Next blocks until there is something to see. Its error is ErrTooSlow, io.EOF
// after Close, or that of ctx.
func (v *Viewer) Next(ctx context.Context) (Part, error) {
	for {
		if part, ok, err := v.take(); ok || err != nil {
			return part, err
		}
		select {
		case <-v.more:
		case <-ctx.Done():
			return Part{}, context.Cause(ctx)
		}
	}
}

func (v *Viewer) take() (part Part, ok bool, err error) {
	v.terminal.mu.Lock()
	defer v.terminal.mu.Unlock()
	if v.over != nil || len(v.parts) == 0 {
		return Part{}, false, v.over
	}
	part, v.parts = v.parts[0], v.parts[1:]
	v.behind -= len(part.Output)
	return part, true, nil
}

// Input types p. Without a child that runs it is dropped; ErrInputNotRead says
// that the child has not read all of it.
func (v *Viewer) Input(p []byte) error { return v.terminal.input(p) }

// Resize says how large the viewer's own terminal is. Of several viewers, the
// last one who has said a size decides.
func (v *Viewer) Resize(size Size) {
	t := v.terminal
	t.mu.Lock()
	defer t.mu.Unlock()
	if v.over != nil {
		return
	}
	v.size = size
	v.leave()
	t.viewers = append(t.viewers, v)
	t.fit()
}

// Close ends the viewing; the terminal has the size again that the others
// want. Closing again does nothing.
func (v *Viewer) Close() {
	v.terminal.mu.Lock()
	defer v.terminal.mu.Unlock()
	if v.over == nil {
		v.cut(io.EOF)
	}
	v.leave()
	v.terminal.fit()
}

// leave takes the viewer out of the terminal's list.
func (v *Viewer) leave() {
	t := v.terminal
	t.viewers = slices.DeleteFunc(t.viewers, func(other *Viewer) bool { return other == v })
}

func (v *Viewer) cut(why error) {
	v.over, v.parts, v.behind = why, nil, 0
	v.wake()
}

// add copies a part behind what the viewer has not seen yet. One that is too
// far behind sees nothing any more, and leaves when it closes.
func (v *Viewer) add(p Part) {
	if v.over != nil {
		return
	}
	if v.behind += len(p.Output); v.behind > viewerBytes {
		v.cut(ErrTooSlow)
		return
	}
	if last := len(v.parts) - 1; last >= 0 && v.parts[last].Output != nil && p.Output != nil {
		v.parts[last].Output = append(v.parts[last].Output, p.Output...)
	} else {
		v.parts = append(v.parts, Part{slices.Clone(p.Output), p.Running})
	}
	v.wake()
}

func (v *Viewer) wake() {
	select {
	case v.more <- struct{}{}:
	default:
	}
}
