package proc

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// arguments are what a process was started with.
type arguments struct {
	args, env []string
}

// parseArguments reads what the sysctl kern.procargs2 of macOS tells of a
// process: how many arguments there are (32 bits), the program's path, zeros up
// to the next word, and then arguments and environment, each string ended by a
// zero. An empty string ends the environment; what the system adds for itself
// comes behind it. Of a restricted program there is no environment.
func parseArguments(raw []byte) (a arguments) {
	if len(raw) < 4 {
		return a
	}
	count := int(binary.LittleEndian.Uint32(raw))
	_, rest, _ := bytes.Cut(raw[4:], []byte{0})
	rest = bytes.TrimLeft(rest, "\x00")
	for len(rest) > 0 && len(a.args) < count {
		var arg []byte
		arg, rest, _ = bytes.Cut(rest, []byte{0})
		a.args = append(a.args, string(arg))
	}
	for len(rest) > 0 && rest[0] != 0 {
		var entry []byte
		entry, rest, _ = bytes.Cut(rest, []byte{0})
		a.env = append(a.env, string(entry))
	}
	return a
}

// variable is the value of a name in the environment; "" where it is not set.
func (a arguments) variable(name string) string {
	for _, entry := range a.env {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}
