package event

import (
	"fmt"
	"slices"
	"strings"
)

// Origin is who or what asked for something.
type Origin uint8

// The origins. The zero Origin is Devgate.
const (
	Devgate Origin = iota // devgate itself: on its way up and down, and what follows from `after`
	Command               // somebody, by a command
	Key                   // somebody, by a key in devgate's terminal
	Edit                  // files were changed that the service watches
	Reload                // the Devgatefile was changed
	Ended                 // the process itself, which ended unasked
	Control               // devgate itself, to find out what builds write
)

// Cause is who asked for what happens to a service, and what was changed. It
// travels with the request, so that whoever tells the outcome need not look for
// the reason.
type Cause struct {
	By    Origin
	Files []string // of an Edit or a Control: the first of the files, as people write them
	Total int      // all of these files, also those not in Files
}

// IsChange reports whether it is that files were changed, by whomever.
func (c Cause) IsChange() bool { return c.By == Edit || c.By == Control }

// Changed names what was changed, for people; "" where nothing was.
func (c Cause) Changed() string {
	switch {
	case c.By == Reload:
		return "Devgatefile or env file"
	case !c.IsChange():
		return ""
	case len(c.Files) == 0:
		return "files"
	}
	return c.What()
}

// Why says for people what a process was started for.
func (c Cause) Why() string {
	switch c.By {
	case Command:
		return "a command"
	case Key:
		return "a key"
	case Edit, Reload:
		return c.Changed() + " changed"
	case Control:
		return c.Changed() + " changed during a build"
	case Ended:
		return "it had ended"
	}
	return "devgate"
}

// shownFiles is how many files are named in a line.
const shownFiles = 3

// What names the changed files, for people: "a.js, b.js, c.js and 4 more". It
// is "" where no file is known.
func (c Cause) What() string {
	text := strings.Join(c.Files[:min(shownFiles, len(c.Files))], ", ")
	if more := c.Total - shownFiles; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// And is one cause for what both ask for: c, with the files of both.
func (c Cause) And(other Cause) Cause {
	unnamed := c.Total - len(c.Files) + other.Total - len(other.Files)
	c.Files = slices.Clone(c.Files)
	for _, file := range other.Files {
		if !slices.Contains(c.Files, file) {
			c.Files = append(c.Files, file)
		}
	}
	c.Total = len(c.Files) + unnamed
	return c
}
