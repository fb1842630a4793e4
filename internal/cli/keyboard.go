package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/sys/unix"

	"devgate/procfile"
)

const (
	keyLine = "r restart · o open · c clear · h help · q quit"
	keyHelp = `keys:
  r      restart: then a name, or Enter for all; Tab completes, Esc leaves
  o      open the project in the browser
  c      clear the screen
  Enter  an empty line, to find this place again
  q      quit: stop everything (as Ctrl-C; exit code 0)
  Ctrl-Z stop for a while: fg goes on`
)

// keyboard reads keys from the terminal while devgate is its foreground job, and
// shows them in the footer. The terminal still turns Ctrl-C and Ctrl-Z into
// signals. run's goroutine handles keys; suspend and resume come from the one
// that handles signals.
type keyboard struct {
	s      *session
	in     *input
	footer *footer

	mu        sync.Mutex
	before    *unix.Termios // nil: the terminal is as it was
	suspended bool

	typing bool // a name, after r; owned by run
	typed  string
}

// newKeyboard returns nil where there is no terminal to read from and to print
// to, or one that cannot move its cursor.
func newKeyboard(s *session, std streams) *keyboard {
	in, isFile := std.in.(*os.File)
	if !s.options.guarded || !isFile || !isTerminal(in) || !isTerminal(std.out) || s.options.format == "json" || os.Getenv("TERM") == "dumb" {
		return nil
	}
	out := std.out.(*os.File)
	wait, err := newInput(in)
	if err != nil {
		return nil
	}
	return &keyboard{s: s, in: wait,
		footer: &footer{out: out, dim: s.options.color, columns: func() int { return int(sizeOf(out).Columns) }}}
}

// output is what the log is written to.
func (k *keyboard) output(out io.Writer) io.Writer {
	if k == nil {
		return out
	}
	return k.footer
}

// run handles keys until ctx ends, or until the terminal is gone.
func (k *keyboard) run(ctx context.Context) error {
	if k == nil {
		<-ctx.Done()
		return nil
	}
	defer k.in.close()
	defer k.leave()
	for ctx.Err() == nil {
		limit := foregroundPoll
		if k.enter() {
			limit = 0
		}
		typed, err := k.in.wait(ctx, limit)
		if typed && err == nil {
			err = k.read()
		}
		if err != nil {
			return nil // hung up: a signal says so, too
		}
	}
	return nil
}

// foregroundPoll is how often a job in the background looks whether fg has
// brought it back: no signal tells it.
const foregroundPoll = time.Second

// enter takes the terminal when devgate is its foreground job. It reports whether
// it has it.
func (k *keyboard) enter() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.suspended || k.s.isStopping():
		return false
	case k.before != nil:
		return true
	case !inForeground(os.Getppid()):
		return false
	}
	before, err := keysFrom(int(k.in.file.Fd()))
	if err != nil {
		return false
	}
	k.before = before
	k.footer.show(k.line())
	return true
}

// leave gives the terminal back as it was.
func (k *keyboard) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.before != nil {
		k.footer.hide()
		setTermios(int(k.in.file.Fd()), k.before)
		k.before = nil
	}
}

// suspend is called before devgate stops for a while (Ctrl-Z).
func (k *keyboard) suspend() {
	if k != nil {
		k.setSuspended(true)
		k.leave()
	}
}

// resume is called when it goes on, in the foreground or not.
func (k *keyboard) resume() {
	if k != nil {
		k.setSuspended(false)
	}
}

func (k *keyboard) setSuspended(on bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.suspended = on
	k.in.interrupt()
}

// read acts on what was typed, unless the terminal was given back meanwhile.
func (k *keyboard) read() error {
	buf := make([]byte, 256)
	k.mu.Lock()
	if k.before == nil {
		k.mu.Unlock()
		return nil
	}
	n, err := k.in.file.Read(buf)
	k.mu.Unlock()
	if err == nil {
		k.press(string(buf[:n]))
	}
	return err
}

// longKey is what an arrow or a function key sends: an escape sequence.
var longKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\x1b(\\[[0-?]*[ -/]*[@-~]|O.)") })

// press acts on what was typed at once. Arrows and their like mean nothing here.
func (k *keyboard) press(text string) {
	for _, key := range longKey().ReplaceAllString(text, "") {
		if k.typing {
			k.typeName(key)
		} else {
			k.command(key)
		}
	}
	k.footer.show(k.line())
}

func (k *keyboard) command(key rune) {
	switch key {
	case 'r':
		k.typing, k.typed = true, ""
	case 'o':
		k.s.say("", "opening "+k.s.project().URL)
		openBrowser(k.s.project().URL)
	case 'c':
		k.footer.clear()
	case 'h', '?':
		k.s.say("", keyHelp)
	case '\r', '\n':
		io.WriteString(k.footer, "\n")
	case 'q':
		k.s.end(errDown)
	}
}

// typeName takes a letter of the name of what is to be restarted.
func (k *keyboard) typeName(key rune) {
	switch {
	case key == '\x1b':
		k.typing = false
	case key == '\r' || key == '\n':
		k.typing = false
		k.restart()
	case key == '\t':
		if all := k.matching(); len(all) > 0 {
			k.typed = commonPrefix(all)
		}
	case (key == '\x7f' || key == '\b') && k.typed != "":
		k.typed = k.typed[:len(k.typed)-1]
	case unicode.IsPrint(key) && key <= unicode.MaxASCII:
		k.typed += string(key)
	}
}

// restart restarts the service whose name was typed, or begun if no other begins
// so, or all.
func (k *keyboard) restart() {
	names := k.matching()
	for _, name := range names {
		if name == k.typed {
			names = []string{name}
		}
	}
	switch {
	case k.typed != "" && len(names) == 0:
		k.s.say("", fmt.Sprintf("no service %q: there are %s", k.typed, strings.Join(k.restartable(), ", ")))
		return
	case k.typed != "" && len(names) > 1:
		k.s.say("", fmt.Sprintf("%q may be %s", k.typed, strings.Join(names, " or ")))
		return
	}
	for _, name := range names {
		k.s.say(name, "restart asked for")
	}
	k.s.sup.Restart(names...)
}

// matching are the services that begin with what was typed.
func (k *keyboard) matching() (all []string) {
	for _, name := range k.restartable() {
		if strings.HasPrefix(name, k.typed) {
			all = append(all, name)
		}
	}
	return all
}

// restartable are the services that devgate starts, but for tasks that are done:
// whoever restarts all of it does not mean to migrate again.
func (k *keyboard) restartable() (all []string) {
	started := k.s.startedAtFirst()
	for _, service := range k.s.project().Services {
		named := k.typed != "" && strings.HasPrefix(service.Name, k.typed)
		if service.Kind() != procfile.Remote && (named || started[service.Name] && service.Kind() != procfile.Task && k.s.acts(service.Name)) {
			all = append(all, service.Name)
		}
	}
	return all
}

// line is the footer's text.
func (k *keyboard) line() string {
	if !k.typing {
		return keyLine
	}
	text := "restart: " + k.typed + "▏ "
	if all := k.matching(); len(all) > 0 {
		return text + strings.Join(all, " · ") + " (Enter; Esc leaves)"
	}
	return text + "no such service (Esc leaves)"
}

func commonPrefix(all []string) string {
	prefix := all[0]
	for _, name := range all[1:] {
		for !strings.HasPrefix(name, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}

// keysFrom lets a terminal hand over each key at once and unseen. It returns how
// the terminal was. Ctrl-C and its like stay signals, output is as ever.
func keysFrom(fd int) (before *unix.Termios, err error) {
	before, err = getTermios(fd)
	if err != nil {
		return nil, fmt.Errorf("read terminal settings: %w", err)
	}
	now := *before
	now.Lflag &^= unix.ICANON | unix.ECHO
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	if err := setTermios(fd, &now); err != nil {
		return nil, fmt.Errorf("set terminal: %w", err)
	}
	return before, nil
}

// mend makes a terminal usable whose supervisor was killed.
func mend(in, out any) {
	file, ok := in.(*os.File)
	if !ok || !isTerminal(in) || !isTerminal(out) {
		return
	}
	now, err := getTermios(int(file.Fd()))
	if err != nil || now.Lflag&unix.ICANON != 0 {
		return
	}
	now.Lflag |= unix.ICANON | unix.ECHO
	setTermios(int(file.Fd()), now)
	io.WriteString(out.(*os.File), eraseLine)
}
