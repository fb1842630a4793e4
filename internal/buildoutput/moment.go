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
	// strict is how far two moments may be apart that make a file the build's own:
	// of a short build, less.
	strict = 50 * time.Millisecond
	// partOfThree is the same for three moments, as a part of the build: three that
	// are alike are as unlikely to be chance.
	partOfThree = 1.0 / 15
)

// alike reports whether two builds have written a file as often and at the same
// moments; part is how far these may be apart as a part of the build, 0: strictly.
func alike(a, b []moment, part float64) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for i := range a {
		if !near(a[i], b[i], min(strict, max(20*time.Millisecond, max(a[i].of, b[i].of)/100))) && (part == 0 || !roughly(a[i], b[i], part)) {
			return false
		}
	}
	return true
}

// usual reports whether a moment is one of those at which a build writes, or with
// loose, at about which it does. It is less strict than alike, since what is known
// to be the build's is seldom edited.
func usual(known []moment, m moment, loose bool) bool {
	part := 0.05
	if loose {
		part = 2 * partOfThree
	}
	return slices.ContainsFunc(known, func(k moment) bool {
		return near(k, m, min(2*strict, max(k.of, m.of)/8)) || roughly(k, m, part)
	})
}
