package logmux

import (
	"strings"

	"github.com/fatih/color"
)

// palette gives neighbours colours that are easy to tell apart. Red is left to
// what the services have to say.
func palette() []color.Attribute {
	return []color.Attribute{
		color.FgCyan, color.FgYellow, color.FgGreen, color.FgMagenta, color.FgBlue,
		color.FgHiCyan, color.FgHiYellow, color.FgHiGreen, color.FgHiMagenta, color.FgHiBlue,
	}
}

// A label is what stands in front of the lines of one service.
type label struct {
	first   string // "api | ": a line
	next    string // "api + ": more of the line before
	devgate string // "api * ": devgate about the service
}

// of returns the label for one piece.
func (l *label) of(from source, continued bool) string {
	switch {
	case from == fromDevgate:
		return l.devgate
	case continued:
		return l.next
	}
	return l.first
}

// newLabel returns the label of the service with the given index in order.
func newLabel(name string, width, index int, colours bool) label {
	// Bytes and not columns: names of services are ASCII.
	padded := name + strings.Repeat(" ", max(0, width-len(name)))
	list := palette()
	own := list[index%len(list)]
	return label{
		first:   paint(colours, padded+" |", own) + " ",
		next:    paint(colours, padded+" +", own) + " ",
		devgate: paint(colours, padded+" *", own) + " ",
	}
}

// devgateLabel is in front of lines of devgate about everything.
func devgateLabel(colours bool) label {
	text := paint(colours, Devgate+":", color.Bold) + " "
	return label{text, text, text}
}
