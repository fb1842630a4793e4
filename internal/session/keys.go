package session

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"

	"devgate/internal/event"
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

// keys is what the keys of devgate's terminal do. One goroutine presses them.
type keys struct {
	s      *session
	typing bool // a name, after r
	typed  string
}

// readKeys hands keys over until ctx ends.
func (s *session) readKeys(ctx context.Context) error {
	if s.options.Keyboard == nil {
		return nil
	}
	k := &keys{s: s}
	return s.options.Keyboard.Run(ctx, k.press, k.line)
}

func (k *keys) press(key rune) {
	if k.typing {
		k.typeName(key)
	} else {
		k.command(key)
	}
}

func (k *keys) command(key rune) {
	switch key {
	case 'r':
		k.typing, k.typed = true, ""
	case 'o':
		k.s.say("", "opening "+k.s.project().URL)
		k.s.options.Browse(k.s.project().URL)
	case 'c':
		k.s.options.Keyboard.Clear()
	case 'h', '?':
		k.s.say("", keyHelp)
	case '\r', '\n':
		io.WriteString(k.s.options.Out, "\n")
	case 'q':
		k.s.end(ErrDown)
	}
}

// typeName takes a letter of the name of what is to be restarted.
func (k *keys) typeName(key rune) {
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
func (k *keys) restart() {
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
	k.s.sup.Restart(event.Cause{By: event.Key}, names...)
}

// matching are the services that begin with what was typed.
func (k *keys) matching() (all []string) {
	for _, name := range k.restartable() {
		if strings.HasPrefix(name, k.typed) {
			all = append(all, name)
		}
	}
	return all
}

// restartable are the services that devgate starts, but for tasks that are done:
// whoever restarts all of it does not mean to migrate again.
func (k *keys) restartable() (all []string) {
	started := k.s.startedAtFirst()
	for _, service := range k.s.project().Services {
		named := k.typed != "" && strings.HasPrefix(service.Name, k.typed)
		if service.Kind() != procfile.Remote && (named || started[service.Name] && service.Kind() != procfile.Task && k.s.serviceNow(service.Name).State != event.Stopped) {
			all = append(all, service.Name)
		}
	}
	return all
}

// line is the footer's text.
func (k *keys) line() string {
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
