//go:build unix

package watch

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// limitedNotifier refuses to watch more than some folders.
type limitedNotifier struct {
	notifier
	left int
}

func (n *limitedNotifier) Add(path string) error {
	if n.left == 0 {
		return os.NewSyscallError("inotify_add_watch", unix.ENOSPC)
	}
	n.left--
	return n.notifier.Add(path)
}

// TestLimit keeps W6: folders for which no watch is left are polled, and one
// line names the limit and its remedy.
func TestLimit(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		return // the limits are inotify's
	}
	r := newRig(t, "**/*.go")
	for i := range 10 {
		r.write(fmt.Sprintf("p%d/f.go", i), "1")
	}
	r.w.hooks.wrap = func(n notifier) notifier { return &limitedNotifier{notifier: n, left: 4} }
	r.start()
	r.write("p0/f.go", "2") // watched
	r.expect("p0/f.go")
	r.write("p9/f.go", "2") // polled
	r.expect("p9/f.go")
	r.write("p9/new/deep/f.go", "1")
	r.expect("p9/new/deep/f.go")
	r.move("p9", "q")
	r.expect("p9/f.go", "p9/new/deep/f.go", "q/f.go", "q/new/deep/f.go")
	line := r.line()
	for _, part := range []string{"fs.inotify.max_user_watches", "reached", "polled every 500ms", "sudo sysctl fs.inotify.max_user_watches=524288"} {
		if !strings.Contains(line, part) {
			t.Errorf("the line does not say %q: %s", part, line)
		}
	}
	r.quiet()
	if len(r.lines) > 0 {
		t.Errorf("a second line: %q", r.line())
	}
}

// TestLimitNames: which errors are a limit.
func TestLimitNames(t *testing.T) {
	if text, is := limit(os.NewSyscallError("open", unix.EMFILE)); !is || !strings.Contains(text, "raise it with: ") {
		t.Errorf("EMFILE: %q", text)
	}
	if _, is := limit(errors.New("other")); is {
		t.Error("any error is a limit")
	}
}
