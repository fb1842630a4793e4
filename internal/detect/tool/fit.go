package tool

import (
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/split"
)

// fit works out the commands of a service: as it is, and with a port of devgate's
// choosing.
// Command is what runs while nothing has to move, Moved what runs on devgate's port: ""
// says that there is no way to give it one, and the service stays where it is.
func (t *tool) fit(l *split.Leaf, s *Made) {
	if t.foreign {
		l.WithoutScript()
	}
	s.Command = found.Text(l.Text())
	if !t.kind.Answers() {
		return
	}
	w, ok := t.writtenPort(l)
	if ok && w.port != 0 {
		s.Port = found.Port{Number: w.port, From: l.File}
	}
	switch {
	case ok && w.free:
		s.Moved = s.Command
	case ok && w.word >= 0:
		s.Moved = t.replaced(l, w.word)
	// A PORT=3000 in front of the command would win over the variable that devgate sets.
	case ok:
		s.Moved = found.Text(l.Without("PORT")) // devgate sets it
	// A variable is the second choice, for where the words of a flag would not arrive: in
	// a line of a Procfile, which stays, and behind a script that hands nothing on.
	case t.env != "" && (t.set == "" || l.Line || !l.Reaches() && l.Appended(t.set) == ""):
		s.Moved = s.Command
		if t.env != "PORT" {
			s.Env = append(s.Env, found.Var{Name: t.env, Value: found.PortMark})
		}
	case t.set != "":
		s.Moved = found.Text(l.Appended(t.set))
		if !l.Line { // a line of a Procfile stays as its author wrote it
			s.Command = s.Moved
		}
	}
}

// replaced puts the port's mark for the number that a word ends in.
func (t *tool) replaced(l *split.Leaf, word int) found.Text {
	text := l.Words[word].Text
	number := text
	if m := lastNumber.FindStringSubmatch(text); m != nil {
		number = m[1]
	} else if _, value, ok := strings.Cut(text, "="); ok {
		number = value[strings.LastIndexByte(value, ':')+1:]
	} else {
		number = strings.TrimLeft(text, "-p")
	}
	moved := l.Replaced(word, number, found.PortMark)
	if moved == "" && t.set != "" {
		return found.Text(l.Appended(t.set)) // the number stands elsewhere: of two flags the last one counts
	}
	return found.Text(withFlags(moved, t.set))
}

// withFlags adds what goes with a port and does not stand there yet.
func withFlags(text, set string) string {
	_, more, _ := strings.Cut(set, found.PortMark)
	for _, flag := range strings.Fields(more) {
		if text != "" && !strings.Contains(text, flag) {
			text += " " + flag
		}
	}
	return text
}
