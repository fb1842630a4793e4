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
	padded := name + strings.Repeat(" ", max(0, width-len(name)))
	colourList := palette()
	c := paint(colours, colourList[index%len(colourList)])
	return label{
		first:   c.Sprint(padded+" |") + " ",
		next:    c.Sprint(padded+" +") + " ",
		devgate: c.Sprint(padded+" *") + " ",
	}
}

// devgateLabel is in front of lines of devgate about everything.
func devgateLabel(colours bool) label {
	text := paint(colours, color.Bold).Sprint(Devgate+":") + " "
	return label{text, text, text}
}

// paint returns a colour that does not ask the package-level color.NoColor.
func paint(on bool, attributes ...color.Attribute) *color.Color {
	c := color.New(attributes...)
	if on {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c
}
