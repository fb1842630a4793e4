package watch

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

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

// TestSilentFilesystem keeps W6: where events do not tell all, folders are
// polled too, and one line says why.
func TestSilentFilesystem(t *testing.T) {
	t.Parallel()
	r := newRig(t, "**/*.go")
	r.write("a/f.go", "1")
	faults := newSwitch()
	faults.set(true) // what others write gives no event
	r.w.hooks.pump = func(p *pump) { p.drop = faults.lose }
	r.w.hooks.silent = func(string) (string, bool) { return "9p", true }
	r.start()
	r.write("a/f.go", "2")
	r.expect("a/f.go")
	if line := r.line(); !strings.Contains(line, "9p") || !strings.Contains(line, "polled every 500ms") {
		t.Errorf("line %q", line)
	}
	r.quiet()
	if len(r.lines) > 0 {
		t.Errorf("a second line: %q", r.line())
	}
	if name, is := silent(r.root); is {
		t.Errorf("the temporary folder is on %s", name)
	}
}

// TestPollPause: polling takes a twentieth of a processor, and has bounds.
func TestPollPause(t *testing.T) {
	for cost, want := range map[time.Duration]time.Duration{
		0:                      500 * time.Millisecond,
		10 * time.Millisecond:  500 * time.Millisecond,
		100 * time.Millisecond: 2 * time.Second,
		time.Second:            5 * time.Second,
	} {
		if got := pollPause(0, cost); got != want {
			t.Errorf("after a poll of %v: pause %v, want %v", cost, got, want)
		}
	}
	if got := pollPause(time.Minute, time.Hour); got != time.Minute {
		t.Errorf("pause %v, want the one that was asked for", got)
	}
}

// TestUnreadableFolder is polled and told of, once, and does no harm.
func TestUnreadableFolder(t *testing.T) {
	r := newRig(t, "**/*.go")
	r.mkdir("locked")
	r.w.hooks.wrap = func(n notifier) notifier { return &refusingNotifier{n} }
	r.start()
	if line := r.line(); !strings.Contains(line, "locked is polled") || !strings.Contains(line, "permission denied") {
		t.Errorf("line %q", line)
	}
	r.quiet()
}

// refusingNotifier refuses to watch folders named locked.
type refusingNotifier struct{ notifier }

func (n *refusingNotifier) Add(path string) error {
	if strings.HasSuffix(path, "locked") {
		return os.NewSyscallError("inotify_add_watch", unix.EACCES)
	}
	return n.notifier.Add(path)
}
