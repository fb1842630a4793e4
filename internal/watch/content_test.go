package watch

import (
	"hash/maphash"
	"os"
	"testing"
	"time"
)

// TestState: what counts as the same content.
func TestState(t *testing.T) {
	text := state{kind: hashed, size: 3, sum: 7, written: 1}
	for name, test := range map[string]struct {
		a, b state
		same bool
	}{
		"another time":                     {text, state{kind: hashed, size: 3, sum: 7, written: 2}, true},
		"another sum":                      {text, state{kind: hashed, size: 3, sum: 8, written: 1}, false},
		"gone":                             {text, state{}, false},
		"still gone":                       {state{}, state{}, true},
		"empty is not gone":                {state{kind: hashed}, state{}, false},
		"not readable any more":            {text, state{kind: opaque, size: 3, written: 1}, true},
		"not readable, and written":        {text, state{kind: opaque, size: 3, written: 2}, false},
		"large, touched":                   {state{kind: opaque, size: 9, written: 1}, state{kind: opaque, size: 9, written: 2}, false},
		"unknown differs from all":         {state{kind: unknown}, text, false},
		"unknown differs from gone":        {state{kind: unknown}, state{}, false},
		"unknown differs even from itself": {state{kind: unknown}, state{kind: unknown}, false},
	} {
		if test.a.same(test.b) != test.same || test.b.same(test.a) != test.same {
			t.Errorf("%s: same is %v", name, !test.same)
		}
	}
}

// TestRead: how the states of real files differ.
func TestRead(t *testing.T) {
	rd := newReader(maphash.MakeSeed())
	r := &rig{t: t, root: t.TempDir()}
	read := func() state { return rd.read(r.path("f")) }
	if s := read(); s.kind != absent {
		t.Errorf("no file: %v", s)
	}
	r.write("f", "text")
	text := read()
	r.write("f", "texT")
	if s := read(); s.same(text) || s.kind != hashed || s.size != 4 {
		t.Errorf("another content: %v, %v", s, text)
	}
	r.write("f", "text")
	if !read().same(text) {
		t.Error("the first content again: not the same")
	}
	r.ok(os.Truncate(r.path("f"), 0))
	if s := read(); s.kind != hashed || !s.passing() {
		t.Errorf("empty: %v", s)
	}
	r.ok(os.Truncate(r.path("f"), maxHashed))
	if s := read(); s.kind != hashed {
		t.Errorf("the largest that is read: %v", s)
	}
	r.ok(os.Truncate(r.path("f"), maxHashed+1))
	if s := read(); s.kind != opaque {
		t.Errorf("one byte more: %v", s)
	}
	r.remove("f")
	r.mkdir("f")
	if s := read(); s.kind != absent {
		t.Errorf("a folder: %v", s)
	}
}

// TestUntouched: when polling may spare itself the reading.
func TestUntouched(t *testing.T) {
	now := time.Unix(1000, 0)
	old := state{kind: hashed, size: 1, written: now.Add(-time.Minute).UnixNano(), touched: now.Add(-time.Minute).UnixNano()}
	if !old.untouched(old, now) {
		t.Error("an old file is read again")
	}
	for name, change := range map[string]func(*state){
		"size":              func(s *state) { s.size++ },
		"modification time": func(s *state) { s.written++ },
		"inode change time": func(s *state) { s.touched++ },
		"another inode":     func(s *state) { s.inode++ },
		"gone":              func(s *state) { s.kind = absent },
	} {
		s := old
		if change(&s); old.untouched(s, now) {
			t.Errorf("%s: the file is not read", name)
		}
	}
	fresh := old
	fresh.written = now.Add(-time.Second).UnixNano()
	if fresh.untouched(fresh, now) {
		t.Error("a file that was just written is not read: a second write may have the same time")
	}
}
