//go:build unix

package guard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
)

// Link is what a manager has of its guard. A nil Link is that of a process that
// has none.
type Link struct{}

// Connect returns the Link of this process; nil when it is no manager. It is
// called once, before this process has children: it takes Variable away from
// them, and the pipes. From then on, a crash of this process is told to the guard.
func Connect() *Link {
	role := os.Getenv(Variable)
	os.Unsetenv(Variable)
	if role != roleManager {
		return nil
	}
	keep()
	words := os.NewFile(lastWords, "last words")
	defer words.Close() // the runtime has a copy
	debug.SetCrashOutput(words, debug.CrashOptions{})
	return &Link{}
}

// wishLimit is how long a wish may be, so that pipe(7) never mixes two.
const wishLimit = 4096

// Open asks the guard to start a program for the person in front of the terminal,
// such as a browser. It returns at once; whether the program starts is not told.
func (l *Link) Open(program string, args ...string) error {
	wish := strings.Join(append([]string{program}, args...), "\x00")
	switch {
	case l == nil:
		return errors.New("open: this process has no guard")
	case strings.Contains(wish, "\n") || len(wish) >= wishLimit || strings.Count(wish, "\x00") != len(args):
		return fmt.Errorf("open: %q cannot be passed on", wish)
	}
	_, err := syscall.Write(wishes, []byte(wish+"\n"))
	return err
}

// Lost returns nil when the guard has ended, and ctx's error when that ends
// before. It is called once.
func (l *Link) Lost(ctx context.Context) error { return lost(ctx) }
