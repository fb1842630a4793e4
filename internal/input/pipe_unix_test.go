//go:build unix

package input

import (
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/oserr"
)

func pipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// F3: what is no file is refused, and none is read without limit.
func TestWhatIsNoFileIsRefused(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	huge := write(t, "")
	if err := os.Truncate(huge, 1<<40); err != nil {
		t.Fatal(err)
	}
	locked := write(t, "x")
	for path, want := range map[string]error{
		t.TempDir():             ErrFolder,
		"/dev/zero":             ErrDevice,
		link(t, "/dev/random"):  ErrDevice,
		socket:                  ErrSocket,
		huge:                    ErrTooLarge,
		locked + "/x":           oserr.NotFolder.Err(),
		"/nowhere":              fs.ErrNotExist,
		link(t, "/nowhere/too"): fs.ErrNotExist,
	} {
		_, err := Read(t.Context(), path)
		wantError(t, path, err, want)
	}
}

// F3: a pipe that nobody writes to is told, whatever is the matter with it.
func TestAPipeWithoutAnEndIsTold(t *testing.T) {
	path := pipe(t)
	_, err := Read(soon(t), path)
	wantError(t, path, err, ErrNoWriter)

	hold, err := os.OpenFile(path, os.O_RDWR, 0) // both ends: open at once
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	_, err = Read(soon(t), path)
	wantError(t, path, err, ErrNoWriter)
	if _, err := hold.WriteString("A="); err != nil {
		t.Fatal(err)
	}
	_, err = Read(soon(t), path)
	wantError(t, path, err, ErrUnfinished)
}

// F3: a pipe that delivers is read, in pieces and late, and again.
func TestAPipeThatDeliversIsRead(t *testing.T) {
	path, text := pipe(t), strings.Repeat("NAME=value\n", 20_000) // more than fits into a pipe
	for range 3 {
		wrote := make(chan error)
		go func() { wrote <- os.WriteFile(path, []byte(text), 0) }() // as a password manager does: waits for a reader
		got, err := Read(t.Context(), path)
		if err != nil || string(got) != text {
			t.Errorf("%d bytes for %d: %v", len(got), len(text), err)
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
	}
}

func TestAPipeThatNeverStopsIsTooLarge(t *testing.T) {
	path := pipe(t)
	wrote := make(chan error)
	go func() { wrote <- os.WriteFile(path, make([]byte, 10*MaxSize), 0) }()
	_, err := Read(t.Context(), path)
	wantError(t, path, err, ErrTooLarge)
	if err := <-wrote; !oserr.BrokenPipe.In(err) {
		t.Errorf("who writes is told %v", err)
	}
}

func TestTheEndOfTheContextEndsTheWait(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	path := pipe(t)
	hold, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = Read(ctx, path)
	wantError(t, path, err, context.Canceled)
}

func link(t *testing.T, to string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLinksAreFollowed(t *testing.T) {
	for to, want := range map[string]string{os.DevNull: "", write(t, "x"): "x"} {
		if got, err := Read(t.Context(), link(t, to)); err != nil || string(got) != want {
			t.Errorf("by a link to %s: %q, %v", to, got, err)
		}
	}
}
