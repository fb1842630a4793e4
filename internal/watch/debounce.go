package watch

import "time"

// The three lengths of quiet that end a burst.
const (
	// loneQuiet follows a single save. Writers that save in pieces pause for
	// 30 ms at most.
	loneQuiet = 36 * time.Millisecond
	// manyQuiet follows more than many events: a checkout, a generator.
	manyQuiet = 100 * time.Millisecond
	// busyGap is how soon after the last event of a burst another one makes
	// both parts of the same noise; busyQuiet, which is longer, then ends it.
	busyGap   = 150 * time.Millisecond
	busyQuiet = 160 * time.Millisecond
	// maxQuiet bounds what a long burst asks for.
	maxQuiet = 300 * time.Millisecond

	many = 20
)

// debounce decides when a burst of events is over. It has no clock: times come
// in as arguments. One Change is made for each burst that is over.
type debounce struct {
	lone  time.Duration // quiet after a single save
	limit time.Duration // from the first event to the Change, at the most

	first, last time.Time // events of the burst; zero first: none is open
	count       int       // of events
	busy        bool      // the burst goes on with the noise before it

	ended    time.Time // the last event before the burst, if it led to a Change
	earliest time.Time // no Change before this
	capped   time.Time // when the last Change was made, if the limit forced it
}

// open reports whether events are waiting.
func (d *debounce) open() bool { return !d.first.IsZero() }

// event adds one that happened at a time.
func (d *debounce) event(at time.Time) {
	if !d.open() {
		d.begin(at)
	}
	d.count++
	if at.After(d.last) {
		d.last = at
	}
}

// begin opens a burst.
func (d *debounce) begin(at time.Time) {
	d.first, d.last, d.count = at, at, 0
	d.busy = !d.ended.IsZero() && at.Sub(d.ended) < busyGap
	d.earliest = time.Time{}
	if d.busy && !d.capped.IsZero() {
		// The noise goes on: one Change in each period, not one more at once
		// for its last event.
		d.earliest = d.capped.Add(d.limit)
	}
}

// quiet returns for how long nothing must happen before the burst is over: the
// longer it has lasted, the longer.
func (d *debounce) quiet() time.Duration {
	q := d.lone + d.last.Sub(d.first)/2
	if d.count > many {
		q = max(q, manyQuiet)
	}
	if d.busy {
		q = max(q, busyQuiet)
	}
	return max(d.lone, min(q, maxQuiet))
}

// due returns when the burst has been quiet for long enough, if nothing else
// happens.
func (d *debounce) due() time.Time {
	at := d.last.Add(d.quiet())
	if at.Before(d.earliest) {
		at = d.earliest
	}
	return at
}

// deadline returns when a Change is made even if events keep coming.
func (d *debounce) deadline() time.Time { return d.first.Add(d.limit) }

// forced reports whether the limit is what ends the burst now.
func (d *debounce) forced(now time.Time) bool { return !now.Before(d.deadline()) }

// end closes the burst, and says whether it led to a Change.
func (d *debounce) end(now time.Time, changed bool) {
	d.ended, d.capped = time.Time{}, time.Time{}
	if changed {
		d.ended = d.last
		if d.forced(now) {
			d.capped = now
		}
	}
	d.first = time.Time{}
}
