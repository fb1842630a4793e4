package buildoutput

import (
	"math"
	"slices"
	"time"
)

// moment is when in a build something was written.
type moment struct {
	start, end time.Duration // from its beginning, and until its end
	of         time.Duration // how long the build took; 0: it was cut off, and has no end to count from
}

// share is a moment as a part of its build; a machine that is busy is slower in all
// that it does.
func (m moment) share() float64 { return float64(m.start) / float64(max(m.of, 1)) }

// near reports whether two moments are the same one, give or take: seen from the
// beginning or from the end, as what a build waits for in between may be cached or
// not.
func near(a, b moment, tolerance time.Duration) bool {
	if (a.start - b.start).Abs() <= tolerance {
		return true
	}
	return a.of > 0 && b.of > 0 && (a.end-b.end).Abs() <= tolerance
}

// roughly reports whether two moments are about the same one, as a part of their
// builds.
func roughly(a, b moment, part float64) bool {
	if near(a, b, time.Duration(part*float64(max(a.of, b.of)))) {
		return true
	}
	return a.of > 0 && b.of > 0 && math.Abs(a.share()-b.share()) <= part
}

const (
	// strict is how far two moments may be apart that make a file the build's own;
	// in a build below a second, half as much.
	strict = 50 * time.Millisecond
	// partOfThree is the same for three moments, as a part of the build: three that
	// are alike are as unlikely to be chance.
	partOfThree = 1.0 / 15
	// partOfSame is the same for a file that control builds leave as it was.
	partOfSame = 1.0 / 6
)

// alike reports whether two builds have written a file as often and at the same
// moments; part is how far these may be apart as a part of the build, 0: strictly.
func alike(a, b []moment, part float64) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for i := range a {
		tolerance := min(strict, max(strict/2, max(a[i].of, b[i].of)/20))
		if !near(a[i], b[i], tolerance) && (part == 0 || !roughly(a[i], b[i], part)) {
			return false
		}
	}
	return true
}

// leeway is how far a moment may be from where a build usually writes.
type leeway struct {
	exact time.Duration // seen from the beginning or the end, and no more than a part of the build
	most  float64       // that part
	part  float64       // or as a part of the build
}

// What is less likely to be somebody's edit has more leeway.
var (
	// narrow is for what a build does not always write: an edit may be all there is.
	narrow = leeway{2 * strict, 1.0 / 8, 0.05}
	// wide is for what each build writes, so that an edit would be one time more.
	wide = leeway{4 * strict, 1.0 / 4, 0.15}
)

// usual reports whether a moment is one of those at which a build writes.
func usual(known []moment, m moment, l leeway) bool {
	return slices.ContainsFunc(known, func(k moment) bool {
		return near(k, m, min(l.exact, time.Duration(l.most*float64(max(k.of, m.of))))) || roughly(k, m, l.part)
	})
}
