package proxy

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// D2: whatever is kept, no more memory is taken than was allowed; what is still kept
// is what was given, and the newest is.
func TestAnArchiveStaysWithinItsBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := archive{}
		type kept struct {
			at   place
			text []byte
		}
		var all []kept
		lengths := rapid.SampledFrom([]int{0, 1, 100, 5000, segmentSize - 1, segmentSize, segmentSize + 1, detailMax})
		steps := rapid.IntRange(1, 60).Draw(t, "steps")
		for step := range steps {
			bounded := rapid.IntRange(0, 9).Draw(t, "kind") == 0
			if bounded {
				a.bound(rapid.SampledFrom([]int{0, 1000, segmentSize, archiveIdle, 2 * archiveIdle}).Draw(t, "limit"))
			}
			text := bytes.Repeat([]byte{byte(len(all))}, lengths.Draw(t, "length"))
			all = append(all, kept{a.add(text), bytes.Clone(text)})
			clear(text) // it belongs to whoever gave it
			taken := 0
			for _, seg := range a.segments {
				taken += cap(seg)
			}
			if taken != a.size || taken > a.limit {
				t.Fatalf("%d bytes are taken, %d counted, %d allowed", taken, a.size, a.limit)
			}
			if !bounded && step < steps-1 {
				continue // to compare all of them each time is slow
			}
			forgotten := true
			for i, k := range all {
				got := a.get(k.at)
				if got != nil && !bytes.Equal(got, k.text) {
					t.Fatalf("number %d of %d bytes is kept as %d others", i, len(k.text), len(got))
				}
				if len(k.text) == 0 || k.at == (place{}) {
					continue
				}
				if got == nil && !forgotten {
					t.Fatalf("number %d is forgotten before an older one", i)
				}
				forgotten = got == nil
			}
			if n := len(all[len(all)-1].text); n > 0 && n <= a.limit && forgotten {
				t.Fatalf("the newest, of %d bytes, is not kept", n)
			}
		}
	})
}

// A reader's copy is its own.
func TestWhatAnArchiveGivesIsACopy(t *testing.T) {
	a := archive{limit: segmentSize}
	at := a.add([]byte("abc"))
	clear(a.get(at))
	if got := a.get(at); string(got) != "abc" {
		t.Errorf("got %q", got)
	}
}
