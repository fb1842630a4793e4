package procfile

import (
	"fmt"
	"strconv"
	"strings"
)

// The ports of lines that name none.
const (
	firstPort = 5100 // of the first line; the next gets 5200, and so on
	portStep  = 100
)

// linePorts finds the port of every line of a Procfile: in its command, else the
// next free one. The step counts every line, so that a port written for one does
// not move the others.
func (b *builder) linePorts(all []*entry) {
	assigned, taken := map[int]*entry{}, map[int]bool{}
	for _, p := range all {
		n, at := b.assignedPort(p)
		// Both are told the port, and both will listen there: that cannot be.
		if other := assigned[n]; n != 0 && other != nil {
			b.fail(at, fmt.Sprintf("port %d is already used by service %s (%s)", n, quote(other.Name), b.ref(other.Position("port"))),
				"give one of the two another port")
		}
		if n != 0 {
			assigned[n] = p
		} else if n, at = b.flagPort(p); n != 0 {
			p.PortGuessed = true
		}
		if n != 0 {
			p.Port.Number, p.marks["port"], taken[n] = n, at, true
		}
	}
	for i, p := range all {
		if p.Port.Number == 0 {
			n := firstOpen(firstPort + i*portStep)
			for taken[n] {
				n = firstOpen(n + 1)
			}
			p.Port.Number, taken[n] = n, true
		}
	}
}

// leadingVar matches one VAR=value in front of a command.
var leadingVar = lazy(`^([A-Za-z_][A-Za-z0-9_]*)=("[^"]*"|'[^']*'|[^\s"';&|]*)(?:[ \t]+|$)`)

// assignedPort returns the n of a PORT=n in front of a command, or 0. It is what
// the process is told, and so no guess.
func (b *builder) assignedPort(p *entry) (int, span) {
	text, off := p.Command.Shell, p.command.start
	for m := leadingVar().FindStringSubmatchIndex(text); m != nil; m = leadingVar().FindStringSubmatchIndex(text) {
		value := strings.Trim(text[m[4]:m[5]], `"'`)
		// $PORT, which devgate chooses.
		if text[m[2]:m[3]] == "PORT" && !strings.Contains(value, "$") {
			return b.assigned(value, span{off + m[4], off + m[5]})
		}
		text, off = text[m[1]:], off+m[1]
	}
	return 0, span{}
}

// assigned checks a port. 0 asks the system for a free one, which devgate cannot
// know: it counts as not written.
func (b *builder) assigned(text string, at span) (int, span) {
	const instead = "without a port in the line, devgate chooses one and hands it over as $PORT"
	n, err := strconv.Atoi(text)
	switch {
	case err == nil && n == 0:
		return 0, span{}
	case err != nil || n < 0 || n > 65535:
		b.fail(at, "bad port "+quote(text)+" (want 1-65535)", instead)
		return 0, span{}
	}
	if msg, _ := CheckBrowsers(n); msg != "" {
		b.fail(at, msg, instead)
	}
	return n, at
}

// portFlag matches a flag as servers have them for their port, with the number
// bare or quoted, up to the end of its word.
var portFlag = lazy(`(?:^|[\s;&|(])(?:-p[ \t]*|--port(?:[ \t]+|=))(?:"([0-9]+)"|'([0-9]+)'|([0-9]+))(?:$|[\s;&|)<>"'])`)

// flagPort returns the first number behind such a flag that can be a port, or 0.
// It is a guess: -p is a port to rails, and something else to make, ssh and mysql.
func (b *builder) flagPort(p *entry) (int, span) {
	text, off := p.Command.Shell, 0
	for {
		m := portFlag().FindStringSubmatchIndex(text[off:])
		if m == nil {
			return 0, span{}
		}
		at := span{off + max(m[2], m[4], m[6]), off + max(m[3], m[5], m[7])}
		if n, err := strconv.Atoi(text[at.start:at.end]); err == nil && n >= 1 && n <= 65535 {
			return n, span{p.command.start + at.start, p.command.start + at.end}
		}
		off = at.end // the blank behind it may begin the next
	}
}

// WithPort is the command of a line with another number in the PORT=n in front of it,
// which is what its process is told; the same command where there is none.
func WithPort(command string, port int) string {
	off := 0
	for {
		m := leadingVar().FindStringSubmatchIndex(command[off:])
		if m == nil {
			return command
		}
		value := command[off+m[4] : off+m[5]]
		if command[off+m[2]:off+m[3]] == "PORT" && !strings.Contains(value, "$") {
			return command[:off+m[4]] + strconv.Itoa(port) + command[off+m[5]:]
		}
		off += m[1]
	}
}
