//go:build unix

package procfile

import (
	"syscall"
	"testing"
)

func TestSignalsHaveTheNumbersOfTheSystem(t *testing.T) {
	for text, want := range map[string]syscall.Signal{"usr1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "SIGWINCH": syscall.SIGWINCH} {
		if got, ok := parseSignal(text); !ok || got.Number != want {
			t.Errorf("parseSignal(%q) = %v, %v; want %v", text, got, ok, want)
		}
	}
}
