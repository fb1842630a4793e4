package watch

import (
	"time"

	"golang.org/x/sys/unix"
)

// fileClock returns the time that a file written now would be stamped with: the
// kernel takes it from a clock that lags behind time.Now by up to a tick.
func fileClock() time.Time {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &ts); err != nil {
		return time.Now()
	}
	return time.Unix(ts.Unix())
}

// stampTick returns how far apart the stamps of one system call may be: two ticks,
// since one stamp may be the tick's and the other, where somebody has looked, the
// moment's (multigrain timestamps, since Linux 6.13).
func stampTick() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_REALTIME_COARSE, &ts); err != nil {
		return 20 * time.Millisecond
	}
	return 2 * time.Duration(ts.Nano())
}

// stampsOf returns the times of path; a symbolic link is not followed.
func stampsOf(path string) (s stamps) {
	var st unix.Statx_t
	const wanted = unix.STATX_MTIME | unix.STATX_CTIME | unix.STATX_BTIME
	if retry(func() error { return unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, wanted, &st) }) != nil {
		return stamps{}
	}
	ns := func(t unix.StatxTimestamp) int64 { return t.Sec*1e9 + int64(t.Nsec) }
	s = stamps{written: ns(st.Mtime), changed: ns(st.Ctime)}
	if st.Mask&unix.STATX_BTIME != 0 {
		s.born = ns(st.Btime)
	}
	return s
}
