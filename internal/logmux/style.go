package logmux

import "strconv"

// Bits of style.attrs, in the order of their SGR codes.
const (
	bold uint16 = 1 << iota
	faint
	italic
	underline
	blink
	inverse
	strike
)

// attrCodes[i] switches bit i of style.attrs on.
var attrCodes = [...]byte{'1', '2', '3', '4', '5', '7', '9'}

// A colour is 0 for the default, 1 + the SGR code for the sixteen named ones,
// and else a palette index or an RGB value with one of the bits below.
type colour uint32

const (
	paletteColour colour = 1 << 24
	rgbColour     colour = 1 << 25
)

// A style is what SGR sequences (ECMA-48 8.3.117) have switched on. The zero
// value is plain text. Concealed text is not kept: what is in the log is seen.
type style struct {
	fg, bg colour
	attrs  uint16
}

const sgrReset = "\x1b[0m"

// appendSGR appends the sequence that leads from the style have to s.
func (s style) appendSGR(dst []byte, have style) []byte {
	if s == (style{}) {
		return append(dst, sgrReset...)
	}
	dst = append(dst, "\x1b["...)
	if have != (style{}) {
		dst = append(dst, "0;"...)
	}
	for i, code := range attrCodes {
		if s.attrs&(1<<i) != 0 {
			dst = append(dst, code, ';')
		}
	}
	dst = s.fg.appendCode(dst, 38)
	dst = s.bg.appendCode(dst, 48)
	dst[len(dst)-1] = 'm' // in place of the last semicolon
	return dst
}

// appendCode appends the parameters for c, each followed by a semicolon.
func (c colour) appendCode(dst []byte, extended int64) []byte {
	var params [5]int64
	n := 0
	switch {
	case c == 0:
		return dst
	case c&rgbColour != 0:
		params = [5]int64{extended, 2, int64(c >> 16 & 255), int64(c >> 8 & 255), int64(c & 255)}
		n = 5
	case c&paletteColour != 0:
		params = [5]int64{extended, 5, int64(c & 255)}
		n = 3
	default:
		params[0] = int64(c - 1)
		n = 1
	}
	for _, v := range params[:n] {
		dst = append(strconv.AppendInt(dst, v, 10), ';')
	}
	return dst
}

// A param is one number of an SGR sequence; sub tells that a colon precedes it.
type param struct {
	n   int
	sub bool
}

// parseParams reads the numbers of a control sequence. An empty one is 0. It
// reports false for private sequences and for more numbers than dst holds.
func parseParams(dst []param, src []byte) ([]param, bool) {
	cur := param{}
	for _, b := range src {
		switch {
		case b >= '0' && b <= '9':
			cur.n = min(cur.n*10+int(b-'0'), 1<<16)
		case b == ';' || b == ':':
			if len(dst) == cap(dst) {
				return nil, false
			}
			dst = append(dst, cur)
			cur = param{sub: b == ':'}
		default:
			return nil, false
		}
	}
	if len(dst) == cap(dst) {
		return nil, false
	}
	return append(dst, cur), true
}

// apply returns s after the SGR sequence with the given parameter bytes.
func (s style) apply(src []byte) style {
	var room [32]param
	params, ok := parseParams(room[:0], src)
	if !ok {
		return s
	}
	for len(params) > 0 {
		p := params[0]
		params = params[1:]
		subs := leadingSubs(params)
		if p.n == 38 || p.n == 48 || p.n == 58 {
			s, params = s.applyExtended(p.n, params, subs)
			continue
		}
		// "4:0" is the modern way to say "no underline".
		if p.n == 4 && subs > 0 && params[0].n == 0 {
			p.n = 24
		}
		params = params[subs:]
		s = s.applyOne(p.n)
	}
	return s
}

// leadingSubs counts the parameters at the front that belong to the one before.
func leadingSubs(params []param) int {
	n := 0
	for n < len(params) && params[n].sub {
		n++
	}
	return n
}

// applyExtended reads the colour that follows 38, 48 or 58 in either of its
// forms, 38;5;n and 38:5:n, and returns the parameters after it. 58, the colour
// of the underline, is read past.
func (s style) applyExtended(code int, params []param, subs int) (style, []param) {
	args, rest := params, params[len(params):]
	if subs > 0 {
		args, rest = params[:subs], params[subs:]
	}
	c, used := extendedColour(args, subs > 0)
	switch code {
	case 38:
		s.fg = orColour(c, s.fg)
	case 48:
		s.bg = orColour(c, s.bg)
	}
	if subs > 0 {
		return s, rest
	}
	return s, params[used:]
}

func orColour(c, other colour) colour {
	if c == 0 {
		return other
	}
	return c
}

// extendedColour returns the colour in args and how many of them it took.
func extendedColour(args []param, colons bool) (colour, int) {
	switch {
	case len(args) >= 2 && args[0].n == 5:
		return paletteColour | colour(args[1].n&255), 2
	case len(args) >= 4 && args[0].n == 2:
		rgb := args[1:4]
		if colons && len(args) >= 5 {
			rgb = args[2:5] // a colour space stands before the three values
		}
		return rgbColour | colour(rgb[0].n&255)<<16 | colour(rgb[1].n&255)<<8 | colour(rgb[2].n&255), 4
	}
	return 0, len(args)
}

// applyOne returns s after one simple SGR code. Unknown codes change nothing.
func (s style) applyOne(code int) style {
	switch {
	case code == 0:
		return style{}
	case code >= 30 && code <= 37 || code >= 90 && code <= 97:
		s.fg = colour(code + 1)
	case code >= 40 && code <= 47 || code >= 100 && code <= 107:
		s.bg = colour(code + 1)
	case code == 39:
		s.fg = 0
	case code == 49:
		s.bg = 0
	default:
		s.attrs = s.attrs&^attrsOff(code) | attrsOn(code)
	}
	return s
}

func attrsOn(code int) uint16 {
	switch code {
	case 1:
		return bold
	case 2:
		return faint
	case 3:
		return italic
	case 4, 21:
		return underline
	case 5, 6:
		return blink
	case 7:
		return inverse
	case 9:
		return strike
	}
	return 0
}

func attrsOff(code int) uint16 {
	switch code {
	case 22:
		return bold | faint
	case 23:
		return italic
	case 24:
		return underline
	case 25:
		return blink
	case 27:
		return inverse
	case 29:
		return strike
	}
	return 0
}
