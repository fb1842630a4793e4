//go:build unix

package session

import (
	"os"
	"syscall"
)

func ofTheSystem() []heard {
	return []heard{{[]os.Signal{syscall.SIGTSTP, syscall.SIGTSTP}, []string{"suspend", "suspend"}, nil}}
}
