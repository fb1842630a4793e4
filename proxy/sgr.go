package proxy

import (
	"strconv"
	"strings"
)

// span is a part of a log line in one style, as classes of the pages.
type span struct{ Class, Text string }

// look is what SGR sequences have switched on, as far as pages show it. Backgrounds are
// not shown: no page could promise that the text on them is readable.
type look struct {
	colour                         int // 1 to 6, as in SGR 31 to 36; 7 for grey; 0 for none
	bold, faint, italic, underline bool
}

// spans takes a line apart at its SGR sequences; what else begins with ESC is dropped up to
// its end, as far as it has one.
func spans(line string) []span {
	var list []span
	var now look
	for line != "" {
		text, rest, found := strings.Cut(line, "\x1b")
		if text != "" {
			list = append(list, span{now.class(), text})
		}
		if line = rest; !found {
			break
		}
		params, isControl := strings.CutPrefix(line, "[")
		end := strings.IndexFunc(params, func(r rune) bool { return r >= '@' && r <= '~' })
		if !isControl || end < 0 {
			continue // the rest is text
		}
		if line = params[end+1:]; params[end] == 'm' {
			now.apply(params[:end])
		}
	}
	return list
}

// apply obeys one SGR sequence.
func (l *look) apply(params string) {
	list := strings.FieldsFunc(params+";", func(r rune) bool { return r == ';' || r == ':' })
	if len(list) == 0 {
		list = []string{"0"}
	}
	for i := 0; i < len(list); i++ {
		code, _ := strconv.Atoi(list[i])
		if code == 38 || code == 48 || code == 58 {
			colour, used := extended(list[i+1:])
			if i += used; code == 38 {
				l.colour = colour
			}
			continue
		}
		l.applyOne(code)
	}
}

func (l *look) applyOne(code int) {
	switch {
	case code == 0:
		*l = look{}
	case code == 1:
		l.bold = true
	case code == 2:
		l.faint = true
	case code == 3:
		l.italic = true
	case code == 4, code == 21:
		l.underline = true
	case code == 22:
		l.bold, l.faint = false, false
	case code == 23:
		l.italic = false
	case code == 24:
		l.underline = false
	case code == 39:
		l.colour = 0
	case code >= 30 && code <= 37:
		l.colour = named(code - 30)
	case code >= 90 && code <= 97:
		l.colour = named(code - 90)
	}
	if code == 90 {
		l.colour = grey
	}
}

// grey is the colour of what need not be read.
const grey = 7

// named is one of the eight colours. Black and white are the page's own colour of text: one
// of them would not be seen.
func named(n int) int {
	if n == 0 || n == 7 {
		return 0
	}
	return n
}

// extended is the colour that follows 38, as one of those that pages have, and how many
// parameters say it.
func extended(list []string) (colour, used int) {
	number := func(i int) int { n, _ := strconv.Atoi(list[i]); return n }
	switch {
	case len(list) >= 2 && list[0] == "5":
		return palette(number(1)), 2
	case len(list) >= 4 && list[0] == "2":
		return nearest(number(1), number(2), number(3)), 4
	}
	return 0, len(list)
}

// palette is a colour of xterm's 256: 16 named ones, a cube of 6 by 6 by 6, and greys.
func palette(n int) int {
	switch {
	case n == 8 || n >= 232:
		return grey
	case n < 16:
		return named(n % 8)
	}
	n -= 16
	return nearest(n/36*51, n/6%6*51, n%6*51)
}

// nearest is the named colour whose parts are those that are strong in this one.
func nearest(r, g, b int) int {
	strong := max(r, g, b) * 2 / 3
	if r > strong && g > strong && b > strong {
		return grey
	}
	colour := 0
	for i, part := range [...]int{r, g, b} {
		if part > strong {
			colour |= 1 << i
		}
	}
	return colour
}

// class is the look for a style sheet.
func (l look) class() string {
	var all []string
	if l.colour != 0 {
		all = append(all, "c"+strconv.Itoa(l.colour))
	}
	for _, one := range [...]struct {
		on   bool
		name string
	}{{l.bold, "bold"}, {l.faint, "faint"}, {l.italic, "italic"}, {l.underline, "underline"}} {
		if one.on {
			all = append(all, one.name)
		}
	}
	return strings.Join(all, " ")
}
