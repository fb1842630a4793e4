package watch

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// run feeds events, in milliseconds, to a burst of one file that has always
// changed, and returns when Changes were made.
func simulate(events []int) []int {
	b := newBurst(loneQuiet, 2*time.Second, 150*time.Millisecond)
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var made []int
	until := func(limit time.Time) {
		for {
			due, ok := b.wake()
			if !ok || !due.Before(limit) {
				return
			}
			if files, _ := b.conclude(due, func(string) state { return state{kind: hashed, size: 1, sum: 2} }); len(files) > 0 {
				made = append(made, int(due.Sub(start)/time.Millisecond))
			}
		}
	}
	for _, ms := range events {
		until(at(ms))
		b.add("f", state{kind: hashed, size: 1, sum: 1}, at(ms))
	}
	until(at(1 << 30))
	return made
}

// every returns times from 0 to end.
func every(step, end int) []int {
	var times []int
	for ms := 0; ms < end; ms += step {
		times = append(times, ms)
	}
	return times
}

// TestDebounce shows the policy of W1, W2 and W3 with exact times.
func TestDebounce(t *testing.T) {
	for name, test := range map[string]struct{ events, want []int }{
		"a lone save: 36 ms after it":                   {[]int{0}, []int{36}},
		"a save of several calls":                       {[]int{0, 0, 1, 1, 2}, []int{39}},
		"three chunks 30 ms apart":                      {[]int{0, 30, 60}, []int{126}},
		"two saves with time between":                   {[]int{0, 500, 1000}, []int{36, 536, 1036}},
		"a save right after a Change waits longer":      {[]int{0, 100}, []int{36, 260}},
		"2,000 files at once":                           {make([]int, 2000), []int{100}},
		"2,000 files over 1.8 s":                        {every(1, 1800), []int{2000}},
		"200 files at once, one more 90 ms later":       {append(every(1, 200), 289), []int{289 + 36 + 289/2}},
		"noise every 20 ms for 7 s: 2 s apart":          {every(20, 7000), []int{2000, 4020, 6040, 8040}},
		"noise every 100 ms for 7 s: 2 s apart":         {every(100, 7000), []int{36, 2100, 4200, 6300, 8300}},
		"a save after noise has stopped is quick again": {append(every(20, 4000), 6000), []int{2000, 4020, 6036}},
	} {
		t.Run(name, func(t *testing.T) {
			got := simulate(test.events)
			if !slices.Equal(got, test.want) {
				t.Errorf("Changes at %v ms, want %v", got, test.want)
			}
		})
	}
}

// TestDebounceProperties: for any events, each is followed by a Change within
// 2 s (W3) and at least the quiet of a lone save after it, and none is made
// without one.
func TestDebounceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		gaps := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 50), rapid.IntRange(0, 4000)), 1, 200).Draw(t, "gaps")
		events, now := []int{}, 0
		for _, gap := range gaps {
			now += gap
			events = append(events, now)
		}
		made := simulate(events)
		from := 0
		for _, ms := range made {
			upTo, _ := slices.BinarySearch(events, ms)
			if upTo == from {
				t.Fatalf("a Change at %d with no event before it: %v of %v", ms, made, events)
			}
			if ms-events[from] > 2000 || ms-events[from] < 36 {
				t.Fatalf("an event at %d has its Change at %d: %v of %v", events[from], ms, made, events)
			}
			from = upTo
		}
		if from != len(events) {
			t.Fatalf("no Change for the event at %d: %v of %v", events[from], made, events)
		}
	})
}

// TestAbsence: a file that is gone or empty gets 150 ms to come back (W2), and
// holds up the others of its burst; not longer than the limit.
func TestAbsence(t *testing.T) {
	start := time.Unix(1000, 0)
	was := state{kind: hashed, size: 1, sum: 1}
	holds := map[string]state{}
	read := func(path string) state { return holds[path] }
	ms := func(n int) time.Time { return start.Add(time.Duration(n) * time.Millisecond) }

	b := newBurst(loneQuiet, 2*time.Second, 150*time.Millisecond)
	b.add("gone", was, ms(0))
	b.add("other", was, ms(1))
	holds["other"] = state{kind: hashed, size: 1, sum: 2}
	if files, _ := b.conclude(ms(40), read); files != nil {
		t.Fatalf("Change of %v while a file is gone for 40 ms", files)
	}
	if at, _ := b.wake(); at != ms(150) {
		t.Fatalf("wakes at %v, want 150 ms", at.Sub(start))
	}
	files, at := b.conclude(ms(150), read)
	if slices.Sort(files); !slices.Equal(files, []string{"gone", "other"}) || at != ms(0) {
		t.Fatalf("Change of %v at %v", files, at.Sub(start))
	}

	t.Run("at the limit, a file that is just being written is waited for", func(t *testing.T) {
		b := newBurst(loneQuiet, 2*time.Second, 150*time.Millisecond)
		b.add("gone", was, ms(0))
		b.add("gone", was, ms(1990))
		if files, _ := b.conclude(ms(2000), func(string) state { return state{} }); files != nil {
			t.Fatalf("Change of %v", files)
		}
		if at, _ := b.wake(); at != ms(2140) {
			t.Fatalf("wakes at %v", at.Sub(start))
		}
		b.add("gone", was, ms(2010))
		if at, _ := b.wake(); at.After(ms(2010)) {
			t.Fatalf("wakes at %v, though it is back and late", at.Sub(start))
		}
		if files, at := b.conclude(ms(2010), func(string) state { return state{kind: hashed, size: 1, sum: 2} }); len(files) != 1 || at != ms(0) {
			t.Fatalf("Change of %v at %v", files, at.Sub(start))
		}
	})

	b.add("gone", was, ms(1000))
	holds["gone"] = was // came back as it was
	if files, _ := b.conclude(ms(1040), read); files != nil || b.open() {
		t.Fatalf("Change of %v, nothing has changed", files)
	}

	delete(holds, "gone")
	b.add("other", was, ms(2000))
	b.add("gone", was, ms(3990))
	if files, _ := b.conclude(ms(4000), read); !slices.Equal(files, []string{"other"}) {
		t.Fatalf("at the limit: Change of %v, want only other", files)
	}
	// Not 150 ms later: there is no more than one Change in 2 s.
	if at, ok := b.wake(); !ok || at != ms(5990) {
		t.Fatalf("the file still gone is looked at after %v", at.Sub(start))
	}
	holds["gone"] = was // and yet: the service that restarted has read that it was gone
	if files, _ := b.conclude(ms(5990), read); !slices.Equal(files, []string{"gone"}) {
		t.Fatalf("in the end: Change of %v", files)
	}
}
