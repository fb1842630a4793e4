package logmux

import "strings"

// palette gives neighbours colours that are easy to tell apart. Red is left to
// what the services have to say.
func palette() []colour {
	return []colour{
		cyan, yellow, green, magenta, blue,
		cyan + bright, yellow + bright, green + bright, magenta + bright, blue + bright,
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
	list := palette()
	s := style{fg: list[index%len(list)]}
	return label{
		first:   paint(colours, s, padded+" |") + " ",
		next:    paint(colours, s, padded+" +") + " ",
		devgate: paint(colours, s, padded+" *") + " ",
	}
}

// devgateLabel is in front of lines of devgate about everything.
func devgateLabel(colours bool) label {
	text := paint(colours, style{attrs: bold}, Devgate+":") + " "
	return label{text, text, text}
}

func paint(on bool, s style, text string) string {
	if !on {
		return text
	}
	return s.around(text)
}
