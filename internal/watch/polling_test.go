package watch

import (
	"os"
	"strings"
	"testing"
	"time"

	"devgate/internal/oserr"
)

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
	if line := r.line(); !strings.Contains(line, "locked is polled") || !strings.Contains(line, oserr.Forbidden.Err().Error()) {
		t.Errorf("line %q", line)
	}
	r.quiet()
}

// refusingNotifier refuses to watch folders named locked.
type refusingNotifier struct{ notifier }

func (n *refusingNotifier) Add(path string) error {
	if strings.HasSuffix(path, "locked") {
		return os.NewSyscallError("inotify_add_watch", oserr.Forbidden.Err())
	}
	return n.notifier.Add(path)
}
