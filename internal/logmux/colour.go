package logmux

// Good, Bad and Quiet colour a part of a line of devgate's own. The colours are
// left out where they are not wanted, as those of services are.

// Good is for what has come out well.
func Good(text string) string { return style{fg: green}.around(text) }

// Bad is for what has not.
func Bad(text string) string { return style{fg: red}.around(text) }

// Quiet is for what need not be read.
func Quiet(text string) string { return style{attrs: faint}.around(text) }

// Some of the sixteen named colours.
const (
	red colour = 31 + iota + 1
	green
	yellow
	blue
	magenta
	cyan

	bright = 60 // what is added for their bright variants
)

// around puts a text between the sequences that switch s on and all off.
func (s style) around(text string) string {
	return string(s.appendSGR(nil, style{})) + text + sgrReset
}
