package proc

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/windows"
)

// ErrNoPseudoConsole is why there is none in an old Windows.
var ErrNoPseudoConsole = errors.New("this Windows has no pseudo consoles (they came with Windows 10, version 1809)")

// PseudoConsole is a console that no window shows: what is typed into it and what it shows
// are pipes of this process's. A program is started in it by Start. Close it.
type PseudoConsole struct {
	In  *os.File // what is typed; writes to it have deadlines
	Out *os.File // what it shows, as escape sequences; to be read until its end

	mu     sync.Mutex
	handle windows.Handle // 0 once it is being closed
	closed chan struct{}  // the system has closed it
}

// NewPseudoConsole opens one of a size in characters.
func NewPseudoConsole(columns, rows uint16) (*PseudoConsole, error) {
	// Its own words: a call that is not there would be a panic.
	if kernel32.NewProc("CreatePseudoConsole").Find() != nil {
		return nil, ErrNoPseudoConsole
	}
	typed, in, err := typingPipe()
	if err != nil {
		return nil, fmt.Errorf("open pseudo console: %w", err)
	}
	defer typed.Close()
	out, shown, err := os.Pipe()
	if err != nil {
		in.Close()
		return nil, fmt.Errorf("open pseudo console: %w", err)
	}
	// The console has copies of its two ends.
	defer shown.Close()
	c := &PseudoConsole{In: in, Out: out, closed: make(chan struct{})}
	if err := windows.CreatePseudoConsole(coord(columns, rows), windows.Handle(typed.Fd()), windows.Handle(shown.Fd()), 0, &c.handle); err != nil {
		in.Close()
		out.Close()
		return nil, fmt.Errorf("open pseudo console: %w", err)
	}
	return c, nil
}

func coord(columns, rows uint16) windows.Coord {
	return windows.Coord{X: int16(min(columns, 0x7fff)), Y: int16(min(rows, 0x7fff))}
}

// typingPipe is a pipe whose end to write to has deadlines: those of os.Pipe have none.
func typingPipe() (from, to *os.File, err error) {
	name := `\\.\pipe\devgate-keys-` + rand.Text()
	wide, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, nil, err
	}
	const room = 4 << 10
	server, err := windows.CreateNamedPipe(wide, windows.PIPE_ACCESS_OUTBOUND|windows.FILE_FLAG_OVERLAPPED|windows.FILE_FLAG_FIRST_PIPE_INSTANCE,
		windows.PIPE_TYPE_BYTE|windows.PIPE_REJECT_REMOTE_CLIENTS, 1, room, room, 0, nil)
	if err != nil {
		return nil, nil, err
	}
	to = os.NewFile(uintptr(server), name)
	// Whoever were quicker with a name that nobody knows would have the only place: an
	// error.
	client, err := windows.CreateFile(wide, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		to.Close()
		return nil, nil, err
	}
	return os.NewFile(uintptr(client), name), to, nil
}

// Resize gives the console another size, and tells the programs in it.
func (c *PseudoConsole) Resize(columns, rows uint16) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.handle == 0 {
		return os.ErrClosed
	}
	return windows.ResizePseudoConsole(c.handle, coord(columns, rows))
}

// Close tells all programs in the console that it is closed, and frees it. It returns true
// when that was done, and false after limit: before Windows 11 24H2 the system waits until
// Out has been read and those programs have ended. Closing it again waits for the same.
func (c *PseudoConsole) Close(limit time.Duration) bool {
	c.mu.Lock()
	if handle := c.handle; handle != 0 {
		c.handle = 0
		c.In.Close()
		go func() { // ends with the programs in the console
			defer close(c.closed)
			windows.ClosePseudoConsole(handle)
		}()
	}
	c.mu.Unlock()
	select {
	case <-c.closed:
		return true
	case <-time.After(limit):
		return false
	}
}
