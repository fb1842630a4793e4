package procfile

import (
	"fmt"
	"math"
	"strconv"
)

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

// portNumber is the form of a port.
func portNumber() Form { return Form{Shape: Integer, Min: 1, Max: math.MaxUint16, What: "port"} }

// openPort is the form of a port that a browser, or fetch in a server, is to open.
func openPort() Form {
	f := portNumber()
	for _, n := range BlockedPorts() {
		f.Except = append(f.Except, int64(n))
	}
	return f
}

// portOrAuto is where the gateway or a service listens. A number as a text is an
// error and no number: "08" and "4000 " would be next.
func portOrAuto() valueType[Port] {
	return valueType[Port]{
		Type: Type{"1-65535 or `\"auto\"`", []Form{openPort(), {Shape: Text, Words: []string{"auto"}}}},
		read: (*reader).port,
		write: func(p Port) any {
			if p.Number == 0 {
				return nil
			}
			return int64(p.Number)
		},
	}
}

// port reads a number or "auto". One that is wrong leaves the old: a service with a
// bad port is still one with a port.
func (r *reader) port(n *node, old Port) Port {
	const what = `a number from 1 to 65535 or "auto"`
	switch v := n.val.(type) {
	case string:
		if v == "auto" {
			return Port{Auto: true}
		}
		// A quoted port is told with the way to write it, and is no number until then.
		if _, err := strconv.ParseUint(v, 10, 16); err == nil {
			r.want(n, what, "write "+n.key+" = "+v+", without quotes")
			return old
		}
	case int64:
		if r.inRange(n, v) && r.isOpen(n, int(v)) {
			return Port{Number: int(v)}
		}
		return old
	}
	r.want(n, what, "")
	return old
}

// inRange reports whether a number is a port, and says so when it is not.
func (r *reader) inRange(n *node, v int64) bool {
	if v >= 1 && v <= math.MaxUint16 {
		return true
	}
	hint := ""
	if v == 0 {
		hint = `"auto" chooses a free one`
	}
	r.fail(n.value, fmt.Sprintf("port %d is out of range (want 1-65535)", v), hint)
	return false
}

// isOpen reports whether browsers open a port, and says so when they do not.
func (r *reader) isOpen(n *node, port int) bool {
	msg, instead := CheckBrowsers(port)
	if msg == "" {
		return true
	}
	r.fail(n.value, msg, fmt.Sprintf("write %s = %d, or another that is not kept for an old protocol", n.key, instead))
	return false
}
