package main

import (
	"bytes"
	"fmt"
	"html"
	"strings"
)

// palette are the colours of a page.
type palette struct {
	back, text, edge string
	colours          [17]string // by look.colour
}

// Both are readable: each colour has a contrast of 4.5 and more to its ground.
var (
	light = palette{"#ffffff", "#24292f", "#d0d7de", [17]string{
		"#24292f", "#24292f", "#b3261e", "#116329", "#7d4e00", "#0550ae", "#7b3aad", "#0f6674", "#57606a",
		"#57606a", "#b3261e", "#116329", "#7d4e00", "#0550ae", "#7b3aad", "#0f6674", "#24292f",
	}}
	dark = palette{"#0d1117", "#e6edf3", "#30363d", [17]string{
		"#e6edf3", "#8b949e", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#c9d1d9",
		"#8b949e", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#76e3ea", "#ffffff",
	}}
)

// Sizes, in pixels.
const (
	charWidth  = 8
	lineHeight = 18
	margin     = 16
)

// svg draws frames side by side behind a window, and moves them.
func svg(frames []frame, p palette) []byte {
	width, height := columns*charWidth+2*margin, rows*lineHeight+2*margin
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d">`+"\n", width, height)
	fmt.Fprintf(&out, "<style>\ntext{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre;fill:%s}\n", p.text)
	for i, c := range p.colours[1:] {
		fmt.Fprintf(&out, ".c%d{fill:%s}", i+1, c)
	}
	fmt.Fprintf(&out, ".b{font-weight:600}.d{opacity:.75}\n%s</style>\n", motion(frames, width))
	fmt.Fprintf(&out, `<rect x=".5" y=".5" width="%d" height="%d" rx="8" fill="%s" stroke="%s"/>`+"\n", width-1, height-1, p.back, p.edge)
	fmt.Fprintf(&out, `<svg width="%d" height="%d"><g id="film">`+"\n", width, height)
	body, lines := film(frames, width)
	fmt.Fprintf(&out, "<defs>%s</defs>\n%s</g></svg>\n</svg>\n", lines, body)
	return out.Bytes()
}

// motion lets each frame stand still for its time. Who wants no motion sees the
// last frame in which all runs.
func motion(frames []frame, width int) string {
	var keys strings.Builder
	whole := frames[len(frames)-1].until
	began := 0.0
	for i, f := range frames {
		fmt.Fprintf(&keys, "%.3f%%{transform:translateX(-%dpx)}", began, i*width)
		began = 100 * float64(f.until) / float64(whole)
	}
	still := 0
	for i, f := range frames {
		if f.shows("q quit") {
			still = i
		}
	}
	return fmt.Sprintf("@keyframes play{%s}\n#film{animation:play %.2fs step-end infinite}\n@media (prefers-reduced-motion:reduce){#film{animation:none;transform:translateX(-%dpx)}}\n",
		keys.String(), whole.Seconds(), still*width)
}

// film is the frames, and the lines that they are made of, each written once.
func film(frames []frame, width int) (body, lines string) {
	var all, defs strings.Builder
	known := map[string]int{}
	for i, f := range frames {
		fmt.Fprintf(&all, `<g transform="translate(%d)">`, i*width)
		for row, cells := range f.lines {
			text := spans(cells)
			if text == "" {
				continue
			}
			n, ok := known[text]
			if !ok {
				n = len(known)
				known[text] = n
				fmt.Fprintf(&defs, `<text id="l%d" x="%d" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`+"\n", n, margin, len(cells)*charWidth, text)
			}
			fmt.Fprintf(&all, `<use href="#l%d" y="%d"/>`, n, margin+(row+1)*lineHeight-5)
		}
		all.WriteString("</g>\n")
	}
	return all.String(), defs.String()
}

// spans is a line, its looks as classes.
func spans(cells []cell) string {
	var out strings.Builder
	for i := 0; i < len(cells); {
		end := i
		var text strings.Builder
		for ; end < len(cells) && cells[end].look == cells[i].look; end++ {
			text.WriteRune(cells[end].char)
		}
		if class := cells[i].look.class(); class != "" {
			fmt.Fprintf(&out, `<tspan class="%s">%s</tspan>`, class, html.EscapeString(text.String()))
		} else {
			out.WriteString(html.EscapeString(text.String()))
		}
		i = end
	}
	return out.String()
}

func (l look) class() string {
	var names []string
	if l.colour > 0 {
		names = append(names, fmt.Sprintf("c%d", l.colour))
	}
	if l.bold {
		names = append(names, "b")
	}
	if l.dim {
		names = append(names, "d")
	}
	return strings.Join(names, " ")
}
