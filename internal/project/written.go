package project

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// writtenForm finds numbers that stand where a port does: behind a flag or a variable
// for the port that a server listens on, behind a longer one of that kind, and behind
// the name of this machine. A number elsewhere may be anything.
var writtenForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[\s;&|("'])(?:` +
		`(?P<own>--?port(?:=|[ \t]+)|-p[ \t]*|PORT=)` +
		`|--?[A-Za-z][A-Za-z-]*-port(?:=|[ \t]+)|[A-Z_]+_PORT=` +
		`|\S*?(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0):` +
		`)["']?(?P<number>[0-9]{2,5})(?:$|[\s;&|)"'/,?])`)
})

// Written is a port that stands in a text as a number.
type Written struct {
	Number int
	Text   string // with what tells that it is one: "--port 4001"
	Own    bool   // it is what a command is told to listen on
}

// PortsIn are the ports that stand in a text as numbers, a command or NAME=value, each
// once.
func PortsIn(text string) (all []Written) {
	seen := map[int]bool{}
	for {
		m := writtenForm().FindStringSubmatchIndex(text)
		if m == nil {
			return all
		}
		number, _ := strconv.Atoi(text[m[4]:m[5]])
		if number > 0 && number <= 65535 && !seen[number] {
			seen[number] = true
			all = append(all, Written{number, strings.TrimLeft(text[m[0]:m[5]], " \t;&|(\"'"), m[2] >= 0})
		}
		// FindAll would not find the second of "8080,8081": the mark between them belongs
		// to the first.
		text = text[m[5]:] // what ends one may begin the next
	}
}
