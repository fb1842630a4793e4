//go:build unix && !linux

package supervisor

import "syscall"

// groupAlive reports whether a process of the group still runs. On the BSDs
// and macOS a group of zombies alone answers EPERM, which is as good as gone.
func groupAlive(pgid int) bool { return syscall.Kill(-pgid, 0) == nil }
