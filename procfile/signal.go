package procfile

import "strings"

// signalNames are the signals that make sense as a request to end, by how often
// they are wanted.
func signalNames() []string {
	return []string{"TERM", "INT", "QUIT", "HUP", "KILL", "USR1", "USR2", "WINCH", "ABRT", "ALRM", "PIPE"}
}

// parseSignal accepts "TERM", "SIGTERM" and "term", as kill(1) does. No numbers:
// they differ between systems.
func parseSignal(text string) (Signal, bool) {
	name := strings.TrimPrefix(strings.ToUpper(text), "SIG")
	for _, known := range signalNames() {
		if name == known {
			return Signal{Name: name, Number: signalNumber(name)}, true
		}
	}
	return Signal{}, false
}

// defaultSignal is TERM, which all programs know that end in good order.
func defaultSignal() Signal {
	s, _ := parseSignal("TERM")
	return s
}

// String returns the name, without "SIG".
func (s Signal) String() string { return s.Name }

// signalName is how a service is asked to end.
func signalName() valueType[Signal] {
	return valueType[Signal]{
		Type:  Type{"signal", []Form{{Shape: Text, Pattern: "^(" + anyCase("SIG") + ")?(" + anyCase(strings.Join(signalNames(), "|")) + ")$", What: "signal"}}},
		read:  (*reader).signal,
		write: func(s Signal) any { return s.Name },
	}
}

// anyCase is a pattern that matches its letters in upper and lower case; RE2 and
// ECMA-262 have no flag for it in common.
func anyCase(text string) string {
	var b strings.Builder
	for _, c := range text {
		if c >= 'A' && c <= 'Z' {
			b.WriteString("[" + string(c) + strings.ToLower(string(c)) + "]")
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// signal reads the name of one that is a request to end.
func (r *reader) signal(n *node, old Signal) Signal {
	text, ok := r.text(n, `a signal such as "TERM"`)
	if !ok {
		return old
	}
	sig, ok := parseSignal(text)
	if !ok {
		hint := "signals: " + strings.Join(signalNames(), ", ")
		if near := nearest(strings.TrimPrefix(strings.ToUpper(text), "SIG"), signalNames()); near != "" {
			hint = "did you mean " + quote(near) + "?"
		}
		r.fail(n.value, "unknown signal "+quote(text), hint)
		return old
	}
	return sig
}
