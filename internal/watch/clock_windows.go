package watch

import (
	"time"

	"golang.org/x/sys/windows"
)

// fileClock returns the time that a file written now would be stamped with: that of
// a clock which lags behind time.Now by up to a tick.
func fileClock() time.Time {
	var now windows.Filetime
	windows.GetSystemTimeAsFileTime(&now)
	return time.Unix(0, now.Nanoseconds())
}

// stampTick returns how far apart the stamps of one system call may be: two ticks of
// the slowest clock that Windows has.
func stampTick() time.Duration { return 2 * 15625 * time.Microsecond }

// stampsOf returns the times of path; a symbolic link is not followed.
func stampsOf(path string) (s stamps) {
	withHandle(path, windows.FILE_FLAG_OPEN_REPARSE_POINT, func(handle windows.Handle) {
		if times, ok := timesOf(handle); ok {
			s = times
		}
	})
	return s
}
