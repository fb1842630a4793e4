package session

import (
	"fmt"
	"strings"
	"unicode"

	"devgate/internal/event"
	"devgate/procfile"
)

// typeName takes a letter of the name of what is to be restarted.
func (k *keys) typeName(key rune) {
	switch {
	case key == '\x1b':
		k.typing = false
	case key == '\r' || key == '\n':
		k.typing = false
		k.restartTyped()
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

// restartTyped restarts the service whose name was typed, or begun if no other begins
// so, or all.
func (k *keys) restartTyped() {
	names := k.matching()
	for _, name := range names {
		if name == k.typed {
			names = []string{name}
		}
	}
	switch {
	case k.typed != "" && len(names) == 0:
		k.say("", fmt.Sprintf("no service %q: there are %s", k.typed, strings.Join(k.restartable(), ", ")))
		return
	case k.typed != "" && len(names) > 1:
		k.say("", fmt.Sprintf("%q may be %s", k.typed, strings.Join(names, " or ")))
		return
	}
	for _, name := range names {
		k.say(name, "restart asked for")
	}
	k.restart(event.Cause{By: event.Key}, names...)
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
	setup := k.current.setup()
	for _, service := range setup.Services {
		named := k.typed != "" && strings.HasPrefix(service.Name, k.typed)
		now, _ := k.bus.Service(service.Name)
		runs := setup.started[service.Name] && service.Kind() != procfile.Task && now.State != event.Stopped
		if !isRemote(service) && (named || runs) {
			all = append(all, service.Name)
		}
	}
	return all
}

// line is the footer's text.
func (k *keys) line() string {
	if !k.typing {
		return keyLine()
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
