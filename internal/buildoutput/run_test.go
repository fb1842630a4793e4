package buildoutput

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// W9: a service that rewrites what it watches each time it starts is told so at
// the third round, and slowed down.
func TestAServiceThatWritesWhatItWatches(t *testing.T) {
	b := newBook(t)
	var all []string
	at := 1.0
	for range 10 {
		b.Started("api", b.at(at))
		said := b.writes(at+0.3, "data.db")
		all = append(all, said)
		at += 0.4
		if _, wait, ok := strings.Cut(said, "data.db "); ok {
			wait, _, _ = strings.Cut(wait, ";")
			d, err := time.ParseDuration(wait)
			if err != nil {
				t.Fatal(err)
			}
			at += d.Seconds()
		}
	}
	want := []string{
		"change api data.db", "change api data.db 200ms", "change api data.db 400ms; rewritten api data.db", "change api data.db 800ms",
		"change api data.db 1.6s", "change api data.db 3.2s", "change api data.db 6.4s", "change api data.db 10s", "change api data.db 10s", "change api data.db 10s",
	}
	if !slices.Equal(all, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(all, "\n"), strings.Join(want, "\n"))
	}
	b.want(b.writes(at+0.1, "main.go"), "change api main.go") // an edit does not wait
	b.Started("api", b.at(at+0.2))
	b.want(b.writes(at+5, "data.db"), "change api data.db") // at another moment
}

// A busy machine starts a process faster and slower, and it writes sooner and later.
func TestAServiceThatWritesOnABusyMachine(t *testing.T) {
	b := newBook(t)
	at := 1.0
	var said []string
	for _, after := range []float64{0.01, 0.4, 0.1, 0.3} {
		b.Started("api", b.at(at))
		said = append(said, b.writes(at+after, "data.db"))
		at += 1
	}
	want := []string{"change api data.db", "change api data.db 200ms", "change api data.db 400ms; rewritten api data.db", "change api data.db 800ms"}
	if !slices.Equal(said, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
}

// Who waits until a service is ready, and saves then, waits for nothing: also again and
// again, and soon.
func TestAProgramThatSavesWhenAServiceIsReadyIsNotPutOff(t *testing.T) {
	b := newBook(t)
	at := 1.0
	for _, after := range []float64{0.2, 0.31, 0.22, 0.4, 0.3, 0.21} {
		b.Ready("api", b.at(at+0.1)) // the one before, which goes on meanwhile
		b.Started("api", b.at(at))
		b.Ready("api", b.at(at-0.1))
		b.Ready("api", b.at(at+0.15))
		b.Ready("api", b.at(at+0.45)) // it is what it was
		b.want(b.writes(at+after, "main.go"), "change api main.go")
		at++
	}
	// Before it is ready nobody can have waited for that.
	var said []string
	for _, after := range []float64{0.01, 0.4, 0.1, 0.3} {
		b.Started("api", b.at(at))
		b.Ready("api", b.at(at+0.45))
		said = append(said, b.writes(at+after, "data.db"))
		at++
	}
	if want := "change api data.db 400ms; rewritten api data.db"; said[2] != want {
		t.Errorf("at the third start %q, want %q", said[2], want)
	}
}

// Somebody who saves as regularly as a clock writes at the same moment after each
// start, but not after one that comes later.
func TestSavesAreNoHabit(t *testing.T) {
	b := newBook(t)
	start, delayed := 0.0, 0
	for i := range 100 {
		b.Started("api", b.at(start))
		save := 5 * float64(i+1)
		start = save + 0.1
		switch said := b.writes(save, "main.go"); said {
		case "change api main.go":
		case "change api main.go 200ms":
			start += 0.2
			delayed++
		default:
			t.Fatalf("save %d: %s", i, said)
		}
	}
	if delayed > 50 {
		t.Errorf("%d saves were put off", delayed)
	}
}
