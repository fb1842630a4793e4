package session

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"devgate/internal/event"
	"devgate/procfile"
)

// prompt is what a key asks for names of services for.
type prompt struct {
	word  string                       // in the footer: what is to be done with them
	alone string                       // in the footer: what Enter alone does; "" where that says the list
	among func(*keys, string) []string // services that may be meant by what was typed of a name
	act   func(*keys, []string)        // without names where none was typed
}

// restartPrompt is for r.
func restartPrompt() *prompt {
	return &prompt{word: "restart", among: (*keys).restartable, act: (*keys).restartNamed}
}

// showPrompt is for l.
func showPrompt() *prompt {
	return &prompt{word: "show only", alone: ": all", among: (*keys).showable, act: func(k *keys, names []string) { k.show(names...) }}
}

// ask begins to take names.
func (k *keys) ask(p *prompt) { k.asking, k.typed = p, "" }

// typeName takes a letter of what is asked for.
func (k *keys) typeName(key rune) {
	switch {
	case key == '\x1b':
		k.asking = nil
	case key == '\r' || key == '\n':
		k.answer()
	case key == '\t':
		if all := k.matching(k.lastTyped()); len(all) > 0 {
			k.typed = strings.TrimSuffix(k.typed, k.lastTyped()) + commonPrefix(all)
		}
	case (key == '\x7f' || key == '\b') && k.typed != "":
		// A byte is a letter: others are not taken (the last case).
		k.typed = k.typed[:len(k.typed)-1]
	case unicode.IsPrint(key) && key <= unicode.MaxASCII:
		k.typed += string(key)
	}
}

// isBetween reports whether a letter stands between names.
func isBetween(c rune) bool { return c == ' ' || c == ',' }

// lastTyped is the name, or the part of one, that is being typed.
func (k *keys) lastTyped() string {
	return k.typed[strings.LastIndexFunc(k.typed, isBetween)+1:]
}

// answer does what was asked for with the services that were typed. What may be
// several, or none, is told, and nothing is done.
func (k *keys) answer() {
	asked := k.asking
	// At the end in any case: named needs it to tell what could have been meant.
	defer func() { k.asking = nil }()
	var names []string
	for _, part := range strings.FieldsFunc(k.typed, isBetween) {
		name, err := k.named(part)
		if err != nil {
			k.say("", err.Error())
			return
		}
		names = append(names, name)
	}
	asked.act(k, names)
}

// named is the service that has the name, or the only one that begins so.
func (k *keys) named(part string) (string, error) {
	switch all := k.matching(part); {
	case slices.Contains(all, part):
		return part, nil
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0:
		return "", fmt.Errorf("no service %q: there are %s", part, strings.Join(k.asking.among(k, part), ", "))
	default:
		return "", fmt.Errorf("%q may be %s", part, strings.Join(all, " or "))
	}
}

// matching are the services that begin with what was typed of a name.
func (k *keys) matching(part string) (all []string) {
	for _, name := range k.asking.among(k, part) {
		if strings.HasPrefix(name, part) {
			all = append(all, name)
		}
	}
	return all
}

// restartNamed restarts services; of no names all that run.
func (k *keys) restartNamed(names []string) {
	if len(names) == 0 {
		names = k.restartable("")
	}
	for _, name := range names {
		k.say(name, "restart asked for")
	}
	k.restart(event.Cause{By: event.Key}, names...)
}

// restartable are the services that devgate starts, but for tasks that are done:
// whoever restarts all of it does not mean to migrate again. Each may be named.
// One that was stopped is left out, too: who has stopped it wants it so.
func (k *keys) restartable(part string) (all []string) {
	setup := k.current.setup()
	for _, service := range setup.Services {
		named := part != "" && strings.HasPrefix(service.Name, part)
		now, _ := k.bus.Service(service.Name)
		runs := setup.started[service.Name] && service.Kind() != procfile.Task && now.State != event.Stopped
		if !isRemote(service) && (named || runs) {
			all = append(all, service.Name)
		}
	}
	return all
}

// showable are the services that may print something.
func (k *keys) showable(string) (all []string) {
	for _, service := range k.current.setup().Services {
		if !isRemote(service) {
			all = append(all, service.Name)
		}
	}
	return all
}

// asked is the footer's text while names are typed.
func (k *keys) asked() string {
	text := k.asking.word + ": " + k.typed + "▏ "
	enter := "Enter"
	if k.typed == "" {
		enter += k.asking.alone
	}
	if all := k.matching(k.lastTyped()); len(all) > 0 {
		return text + strings.Join(all, " · ") + " (" + enter + "; Esc leaves)"
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
