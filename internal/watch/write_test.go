package watch

import (
	"os"
	"testing"
	"time"
)

// W9: who looks for what builds write is told of every write: when it was made,
// and of those that leave a file as it was, too.
func TestEveryWriteIsTold(t *testing.T) {
	r := newRig(t, "**/*.go")
	r.w.Rewrites, r.w.MaxFiles = true, 1
	r.write("a.go", "1")
	r.write("b.go", "2")
	r.write("c.go", "3")
	r.start()
	began := fileClock()
	r.write("a.go", "other")
	r.write("b.go", "2")
	r.remove("c.go")
	r.write("d.go", "4")
	ended := time.Now()
	c := r.next()
	if len(c.Files) != 1 || c.Total != 3 || len(c.Writes) != 4 {
		t.Fatalf("got %+v", c)
	}
	byName := map[string]Write{}
	for _, w := range c.Writes {
		byName[w.File] = w
		if w.At.Before(began.Add(-time.Second)) || w.At.After(ended.Add(time.Second)) {
			t.Errorf("%s was written at %v, between %v and %v", w.File, w.At, began, ended)
		}
	}
	a, b, gone, fresh := byName["a.go"], byName["b.go"], byName["c.go"], byName["d.go"]
	if a.Before == a.After || a.Before == 0 || a.After == 0 || b.Before != b.After || b.Before == 0 || gone.Before == 0 || gone.After != 0 || fresh.Before != 0 || fresh.After == 0 {
		t.Errorf("contents: %+v", c.Writes)
	}
	r.write("b.go", "2")
	if c := r.next(); len(c.Files) > 0 || c.Total != 0 || len(c.Writes) != 1 || c.Writes[0].File != "b.go" {
		t.Errorf("a file as it was: %+v", c)
	}
	r.ok(os.Chmod(r.path("b.go"), 0o600)) // no write
	r.write("a.go", "last")
	if c := r.next(); len(c.Writes) != 1 || c.Writes[0].Before != a.After {
		t.Errorf("after a chmod: %+v", c)
	}
}

// A write is told with the time at which it was made, late as the news may be.
func TestAWriteHasTheTimeOfItsFile(t *testing.T) {
	at := time.Unix(1000, 0)
	for _, c := range []struct {
		name    string
		touched time.Time
		kind    kind
		want    time.Time
	}{
		{"its own", at.Add(-time.Second), hashed, at.Add(-time.Second)},
		{"gone", at.Add(-time.Second), absent, at.Add(5 * time.Second)},
		{"a clock that is late", at.Add(-time.Hour), hashed, at.Add(5 * time.Second)},
		{"a clock that is early", at.Add(time.Hour), opaque, at.Add(5 * time.Second)},
	} {
		w := written{now: state{kind: c.kind, touched: c.touched.UnixNano()}, first: at, last: at.Add(5 * time.Second)}
		if got := w.at(); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// W9: what devgate itself prints is no change, under any name.
func TestExceptedFilesAreNotWatched(t *testing.T) {
	r := newRig(t, ".")
	r.write("out.txt", "1")
	r.link("out.txt", "link.txt")
	out := r.open("out.txt", os.O_WRONLY|os.O_APPEND)
	defer out.Close()
	info, err := out.Stat()
	r.ok(err)
	r.w.Except = append(r.w.Except, info)
	r.start()
	for range 3 {
		_, err := out.WriteString("line\n")
		r.ok(err)
	}
	r.quiet()
	r.move("out.txt", "old.txt")
	_, err = out.WriteString("line\n")
	r.ok(err)
	r.write("out.txt", "somebody's") // another file of that name
	r.expect("out.txt")
}
