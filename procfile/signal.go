package procfile

import "strings"

// signalNames are the signals that make sense as a request to end, by how often
// they are wanted.
func signalNames() []string {
	return []string{"TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2", "WINCH", "ABRT", "ALRM", "PIPE"}
}

// parseSignal accepts "TERM", "SIGTERM" and "term".
func parseSignal(text string) (Signal, bool) {
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	for _, known := range signalNames() {
		if name == known {
			return Signal{Name: name, Number: signalNumber(name)}, true
		}
	}
	return Signal{}, false
}

func defaultSignal() Signal {
	s, _ := parseSignal("TERM")
	return s
}

// String returns the name, without "SIG".
func (s Signal) String() string { return s.Name }
