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
