package watch

import (
	"time"

	"golang.org/x/sys/unix"
)

// fileClock returns the time that a file written now would be stamped with.
func fileClock() time.Time { return time.Now() }

// stampTick returns how far apart the stamps of one system call may be.
func stampTick() time.Duration { return time.Millisecond }

// stampsOf returns the times of path; a symbolic link is not followed.
func stampsOf(path string) stamps {
	var st unix.Stat_t
	if retry(func() error { return unix.Lstat(path, &st) }) != nil {
		return stamps{}
	}
	return stamps{written: st.Mtim.Nano(), changed: st.Ctim.Nano(), born: st.Btim.Nano()}
}
