//go:build unix

package guard

import (
	"bufio"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The manager's ends of the pipes, as numbers of files.
const (
	lifeline   = 3 + iota // its end is the guard's
	wishes                // in which the manager asks its guard to open something
	lastWords             // in which the runtime tells why it crashes
	pipesLimit            // the first number that is none of them
)

// pipes are one side's ends.
type pipes struct{ life, wishes, words *os.File }

// openPipes makes pipes that no other child inherits.
func openPipes() (guard, manager pipes, err error) {
	if manager.life, guard.life, err = os.Pipe(); err != nil {
		return guard, manager, err
	}
	if guard.wishes, manager.wishes, err = os.Pipe(); err == nil {
		guard.words, manager.words, err = os.Pipe()
	}
	if err != nil {
		guard.close()
		manager.close()
	}
	return guard, manager, err
}

func (p pipes) close() {
	for _, file := range []*os.File{p.life, p.wishes, p.words} {
		file.Close() // nil does nothing
	}
}

// inherited are what become lifeline, wishes and lastWords.
func (p pipes) inherited() []uintptr {
	return []uintptr{p.life.Fd(), p.wishes.Fd(), p.words.Fd()}
}

const (
	wordsLimit = 1 << 20 // bytes of a crash report that are kept
	// endPatience is how long the pipes may stay open after the manager's end:
	// a child that it was starting at that moment has them for an instant.
	endPatience = time.Second
)

// serve does what the manager wishes, and listens for its last words. The
// returned function is called after the manager's end: it waits for both to be
// over, closes the pipes, and returns those words.
func (p pipes) serve() (end func() string) {
	var work sync.WaitGroup
	var words []byte
	work.Go(func() {
		words, _ = io.ReadAll(io.LimitReader(p.words, wordsLimit))
		io.Copy(io.Discard, p.words) // a crash must not wait for its reader
	})
	work.Go(func() {
		for lines := bufio.NewReader(p.wishes); ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			openBeside(strings.Split(strings.TrimSuffix(line, "\n"), "\x00"))
		}
	})
	return func() string {
		late := time.Now().Add(endPatience)
		p.words.SetReadDeadline(late)
		p.wishes.SetReadDeadline(late)
		work.Wait()
		p.close()
		return strings.TrimLeft(string(words), "\n")
	}
}

// keep makes the manager's ends its own: none of its children inherits them.
func keep() {
	for fd := lifeline; fd < pipesLimit; fd++ {
		syscall.CloseOnExec(fd)
	}
}
