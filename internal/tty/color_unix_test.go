//go:build unix

package tty

import (
	"bytes"
	"os"
	"testing"

	"github.com/creack/pty"
)

// C4: --color first, then NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, then the
// terminal.
func TestColoursAreWantedAsUsersAndTerminalsSay(t *testing.T) {
	_, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, c := range []struct {
		name, mode string
		out        any
		env        map[string]string
		want       bool
	}{
		{"a terminal", "auto", tty, nil, true},
		{"a file", "auto", file, nil, false},
		{"a buffer", "auto", new(bytes.Buffer), nil, false},
		{"a terminal that cannot", "auto", tty, map[string]string{"TERM": "dumb"}, false},
		{"NO_COLOR", "auto", tty, map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, false},
		{"FORCE_COLOR in a file", "auto", file, map[string]string{"FORCE_COLOR": "1"}, true},
		{"CLICOLOR_FORCE in a file", "auto", file, map[string]string{"CLICOLOR_FORCE": "1"}, true},
		{"FORCE_COLOR=0 forces nothing", "auto", file, map[string]string{"FORCE_COLOR": "0", "CLICOLOR_FORCE": "false"}, false},
		{"--color always", "always", file, map[string]string{"NO_COLOR": "1"}, true},
		{"--color never", "never", tty, map[string]string{"FORCE_COLOR": "1"}, false},
	} {
		out, _ := c.out.(interface{ Write([]byte) (int, error) })
		got, err := WantColor(c.mode, out, func(name string) string { return c.env[name] })
		if got != c.want || err != nil {
			t.Errorf("%s: %v, %v; want %v", c.name, got, err, c.want)
		}
	}
	if _, err := WantColor("blue", file, os.Getenv); err == nil || err.Error() != "want auto, always or never" {
		t.Errorf("blue: %v", err)
	}
}
