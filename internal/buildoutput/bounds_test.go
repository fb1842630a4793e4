package buildoutput

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What it keeps is bounded: files beyond many are known by their folder.
func TestManyFilesAreKnownByTheirFolder(t *testing.T) {
	b := newBook(t)
	for i := range 3 * MaxPaths {
		b.writes(float64(i), fmt.Sprintf("out/%d/%d.js", i/100, i))
	}
	if n := len(b.targets["api"].files); n > MaxPaths+2*MaxPaths/100+1 {
		t.Errorf("%d files are known", n)
	}
	for i := range 3 * MaxPaths {
		b.writes(float64(i), fmt.Sprintf("deep/%d/x.js", i))
	}
	if n := len(b.targets["api"].files); n > 2*MaxPaths+1 {
		t.Errorf("%d files are known", n)
	}
}

// Whatever is told in whatever order, the ledger answers, and does not ask to be
// woken in vain.
func TestAnythingMayBeTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, now := New(nil), time.Unix(1_000_000, 0)
		name := rapid.SampledFrom([]string{"a", "b", "c"})
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0:
				if s := name.Draw(t, "service"); l.running(s) == nil {
					l.Began(s, now, rapid.Bool().Draw(t, "asked"))
				}
			case 1:
				l.Ended(name.Draw(t, "service"), now, rapid.SampledFrom([]End{CutOff, Failed, Succeeded}).Draw(t, "end"))
			case 2:
				l.Started(name.Draw(t, "service"), now)
			case 3, 4:
				at := now.Add(-time.Duration(rapid.IntRange(-1000, 20_000).Draw(t, "ago")) * time.Millisecond)
				content := rapid.Uint64Range(0, 3)
				write := Write{Path: rapid.SampledFrom([]string{"x", "y", "d/z"}).Draw(t, "path"), At: at, Before: content.Draw(t, "before"), After: content.Draw(t, "after")}
				if rapid.Bool().Draw(t, "twice") {
					write.First = at.Add(-time.Duration(rapid.IntRange(0, 1000).Draw(t, "first")) * time.Millisecond)
				}
				l.Written(name.Draw(t, "service"), now, []Write{write})
			}
			if next, ok := l.Next(); ok && !now.Before(next) {
				l.Wake(now)
				if again, ok := l.Next(); ok && again.Equal(next) && len(l.Wake(now)) == 0 {
					t.Fatalf("asks to be woken at %v for nothing", next)
				}
			}
			if len(l.builds) > 100 {
				t.Fatal("builds are kept for ever")
			}
		}
	})
}
