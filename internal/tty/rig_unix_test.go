//go:build unix

package tty

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// rig is a terminal with somebody in front of it.
type rig struct {
	t      *testing.T
	master *os.File
	tty    *os.File
	before *term.State
	read   chan struct{}

	mu   sync.Mutex
	seen bytes.Buffer
}

func newRig(t *testing.T) *rig {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, master: pollable(t, master), tty: tty, read: make(chan struct{})}
	if r.before, err = term.GetState(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(r.read); io.Copy(r, r.master) }()
	t.Cleanup(func() { r.hangUp(); tty.Close() })
	return r
}

// pollable lets Close end a Read: only then is the terminal closed.
func pollable(t *testing.T, file *os.File) *os.File {
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	syscall.CloseOnExec(fd)
	syscall.SetNonblock(fd, true)
	return os.NewFile(uintptr(fd), "terminal")
}

// hangUp takes the terminal away.
func (r *rig) hangUp() { r.master.Close(); <-r.read }

func (r *rig) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen.Write(p)
}

func (r *rig) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen.String()
}

func (r *rig) types(keys string) { io.WriteString(r.master, keys) }

func (r *rig) sees(text string) {
	r.t.Helper()
	r.until("no "+text, func() bool { return strings.Contains(r.text(), text) })
}

// isAsBefore reports whether the terminal is as it was found.
func (r *rig) isAsBefore() bool {
	now, err := term.GetState(int(r.tty.Fd()))
	return err == nil && reflect.DeepEqual(now, r.before)
}

// until polls: what it waits for is in the kernel.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	limit := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-limit:
			r.t.Fatalf("%s: %q", what, r.text())
		}
	}
}

func (r *rig) resize(columns, rows uint16) {
	if err := pty.Setsize(r.tty, &pty.Winsize{Cols: columns, Rows: rows}); err != nil {
		r.t.Fatal(err)
	}
}
