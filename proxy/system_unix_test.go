//go:build unix

package proxy

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func cpuTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// slower is by how much less of what is many, connections above all, there is here.
const slower = 1

// stackExtra is by how much more than 2 KB the smallest stack of a goroutine has.
const stackExtra = 0

// link makes a symbolic link.
func link(t testing.TB, to, path string) (made bool) {
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
	return true
}

func makePipe(t testing.TB, path string) {
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
}
