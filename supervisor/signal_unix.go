//go:build unix

package supervisor

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// SignalName is the short name of a signal: "TERM" for SIGTERM.
func SignalName(sig syscall.Signal) string {
	return strings.TrimPrefix(unix.SignalName(sig), "SIG")
}
