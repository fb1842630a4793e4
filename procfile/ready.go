package procfile

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Command is something to run. The zero value is nothing.
type Command struct {
	Shell string   // a script for /bin/sh -c, or
	Args  []string // a program and its arguments
}

// IsZero reports whether there is nothing to run.
func (c Command) IsZero() bool { return c.Shell == "" && len(c.Args) == 0 }

// String returns the script, or the arguments joined by blanks, for people.
func (c Command) String() string {
	if c.Shell != "" {
		return c.Shell
	}
	return strings.Join(c.Args, " ")
}

// Port is a TCP port, or the wish for a free one. The zero value is no port.
type Port struct {
	Number int  // 1-65535; 0 when Auto
	Auto   bool // devgate chooses
}

// IsZero reports whether there is no port.
func (p Port) IsZero() bool { return p == Port{} }

// String returns the number, "auto", or "" for no port.
func (p Port) String() string {
	switch {
	case p.Auto:
		return "auto"
	case p.Number == 0:
		return ""
	}
	return strconv.Itoa(p.Number)
}

// ReadyKind is how devgate finds out that a service is ready.
type ReadyKind int

// The kinds of readiness. The zero value is ready once started.
const (
	ReadyNone ReadyKind = iota
	ReadyTCP            // something listens on Ready.Port
	ReadyHTTP           // GET Ready.Path answers Ready.Status
	ReadyLog            // a line of output matches Ready.Log
	ReadyExec           // Ready.Exec exits 0
)

// String returns the word for the kind as it is written in a Devgatefile.
func (k ReadyKind) String() string { return pick(int(k), "none", "tcp", "http", "log", "exec") }

// Ready says when a service is ready. All defaults are applied.
type Ready struct {
	Kind     ReadyKind
	Path     string         // of ReadyHTTP
	Status   int            // of ReadyHTTP; default 200
	Port     int            // of ReadyTCP; 0 is the service's own port, or its URL's
	Log      *regexp.Regexp // of ReadyLog
	Exec     Command        // of ReadyExec
	Timeout  time.Duration  // after which the service counts as not ready; default 30s
	Interval time.Duration  // between two attempts; default 100ms
}

// parseSize reads "1GiB", "64MiB", "10MB" or plain bytes.
func parseSize(text string) (int64, bool) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit, ok := sizeUnit(strings.ToLower(strings.TrimSpace(text[len(digits):])))
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 0 || n > (1<<62)/unit {
		return 0, false
	}
	return n * unit, true
}

// sizeUnit knows no "M" alone: it means 1000² to some and 1024² to others.
func sizeUnit(name string) (int64, bool) {
	switch name {
	case "", "b":
		return 1, true
	case "kb":
		return 1e3, true
	case "mb":
		return 1e6, true
	case "gb":
		return 1e9, true
	case "kib":
		return 1 << 10, true
	case "mib":
		return 1 << 20, true
	case "gib":
		return 1 << 30, true
	}
	return 0, false
}
