package logmux

import "github.com/fatih/color"

// Good, Bad and Quiet colour a part of a line of devgate's own. The colours are
// left out where they are not wanted, as those of services are.

// Good is for what has come out well.
func Good(text string) string { return paint(true, text, color.FgGreen) }

// Bad is for what has not.
func Bad(text string) string { return paint(true, text, color.FgRed) }

// Quiet is for what need not be read.
func Quiet(text string) string { return paint(true, text, color.Faint) }

// paint colours a text. It does not ask the package-level color.NoColor, which
// knows of one stream only and is decided before any flag is read.
func paint(on bool, text string, attribute color.Attribute) string {
	if !on {
		return text
	}
	c := color.New(attribute)
	c.EnableColor()
	return c.Sprint(text)
}
