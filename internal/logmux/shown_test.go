package logmux

import (
	"slices"
	"strings"
	"testing"
)

// C6: only what some services print is shown, and what devgate says; how many lines are
// not is counted. Memory has all of it.
func TestShow(t *testing.T) {
	told := 0
	got := printed(t, Config{Services: []string{"api", "web"}, OnHidden: func() { told++ }}, func(p *Printer) {
		shown := func(hidden int, names ...string) {
			t.Helper()
			if n, h := p.Shown(); !slices.Equal(n, names) || h != hidden {
				t.Errorf("shown %q, %d hidden; want %q, %d", n, h, names, hidden)
			}
		}
		api, web := p.Stream("api", Stdout), p.Stream("web", Stderr)
		feed(t, api, "one\n")
		feed(t, web, "one\n")
		shown(0)
		p.Show("api")
		feed(t, api, "two\n")
		feed(t, web, "two\nthree\n", "four\n")
		p.Devgate("web", "failed")
		p.Devgate("", "said")
		p.Print(Line{Service: "web", Stream: Devgate, Text: "remembered"})
		shown(3, "api")
		p.Show("web", "late")
		shown(0, "web", "late")
		feed(t, api, "three\n")
		feed(t, p.Stream("late", Stdout), "begins\n")
		shown(1, "web", "late")
		p.SetServices([]string{"api", "web"}) // late is taken out of the Devgatefile
		shown(1, "web")
		p.SetServices([]string{"api"}) // then so is web: an empty log would tell nobody why
		shown(1)
		feed(t, api, "four\n")
		p.Show()
		shown(0)
		feed(t, web, "five\n")
		var kept []string
		for _, line := range p.Tail("web", 10) {
			kept = append(kept, line.Text)
		}
		if want := "one two three four five"; strings.Join(kept, " ") != want {
			t.Errorf("memory has %q", kept)
		}
	})
	want := `
api | one
web | one
api | two
web * failed
devgate: said
web * remembered
late | begins
api | four
web | five
`
	if got != strings.TrimPrefix(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if told != 3 {
		t.Errorf("told %d times that lines are hidden, want 3", told)
	}
}

// Whoever is hidden does not wait for an output that nobody reads.
func TestWhatIsHiddenDoesNotWait(t *testing.T) {
	out := newStopped()
	p := New(Config{Out: out})
	p.Show("api")
	feed(t, p.Stream("api", Stdout), "x\n")
	<-out.reached
	feed(t, p.Stream("web", Stdout), strings.Repeat(strings.Repeat("y", 1000)+"\n", 3*bufferFull/1000))
	close(out.letGo)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
