package buildoutput

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// generators are builds of people: what they write, beside the program.
var generators = map[string]func(takes time.Duration) []*fakeService{
	"none": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, watch: []string{"src/"}}}
	},
	"stamp at the start": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, watch: []string{"src/"}, writes: []fakeWrite{{path: "src/stamp", exact: 20 * time.Millisecond}}}}
	},
	"stamp at the end": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, watch: []string{"src/"}, writes: []fakeWrite{{path: "src/stamp", exact: -20 * time.Millisecond}}}}
	},
	"stamp in the middle": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, jitter: 0.05, watch: []string{"src/"}, writes: []fakeWrite{{path: "src/stamp", at: 0.4}}}}
	},
	"generated from sources": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, jitter: 0.05, watch: []string{"src/"}, writes: []fakeWrite{
			{path: "src/gen1", exact: 150 * time.Millisecond, steady: "src/a"}, {path: "src/gen2", exact: 170 * time.Millisecond, steady: "src/b"}}}}
	},
	"generated at a changing pace": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, jitter: 0.14, watch: []string{"src/"}, writes: []fakeWrite{{path: "src/gen1", at: 0.5, steady: "src/a"}}}}
	},
	"generated where it is out of date": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, jitter: 0.05, watch: []string{"src/"}, writes: []fakeWrite{
			{path: "src/gen1", exact: 150 * time.Millisecond, steady: "src/a", lazy: true}, {path: "src/gen2", exact: 170 * time.Millisecond, steady: "src/b", lazy: true}}}}
	},
	"under new names": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, watch: []string{"src/"}, writes: []fakeWrite{
			{path: "src/out/main", exact: -30 * time.Millisecond, steady: "src/a", hashed: true}, {path: "src/out/style", exact: -25 * time.Millisecond, steady: "src/b", hashed: true}}}}
	},
	"in a ring": func(d time.Duration) []*fakeService {
		return []*fakeService{
			{name: "api", takes: d, watch: []string{"src/", "c/"}, writes: []fakeWrite{{path: "a/x", exact: -40 * time.Millisecond}}},
			{name: "two", takes: d / 2, watch: []string{"a/"}, writes: []fakeWrite{{path: "b/x", exact: -20 * time.Millisecond}}},
			{name: "web", takes: d / 3, watch: []string{"b/"}, writes: []fakeWrite{{path: "c/x", exact: -20 * time.Millisecond}}},
		}
	},
	"many": func(d time.Duration) []*fakeService {
		api := &fakeService{name: "api", takes: d, jitter: 0.02, watch: []string{"src/"}}
		for i := range 40 {
			api.writes = append(api.writes, fakeWrite{path: fmt.Sprint("src/gen/", i), at: 0.1 + float64(i)/100})
		}
		return []*fakeService{api}
	},
	"while builds fail": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, jitter: 0.02, fails: 0.3, watch: []string{"src/"}, writes: []fakeWrite{
			{path: "src/stamp", exact: 30 * time.Millisecond}, {path: "src/gen", at: 0.3, steady: "src/a"}, {path: "src/end", exact: -20 * time.Millisecond}}}}
	},
	"beside another watcher": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, watch: []string{"src/"}, beside: []string{"src/app.css"}}}
	},
	"at any moment": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, jitter: 0.9, watch: []string{"src/"}, writes: []fakeWrite{{path: "src/stamp", at: 0.5}}}}
	},
	"rm -rf and rewrite": func(d time.Duration) []*fakeService {
		return []*fakeService{{name: "api", takes: d, watch: []string{"src/"}, writes: []fakeWrite{
			{path: "src/out/a", exact: 10 * time.Millisecond, gone: true}, {path: "src/out/b", exact: 10 * time.Millisecond, gone: true},
			{path: "src/out/a", exact: -30 * time.Millisecond, steady: "src/a"}, {path: "src/out/b", exact: -30 * time.Millisecond, steady: "src/b"}}}}
	},
	"into each other's watch": func(d time.Duration) []*fakeService {
		return []*fakeService{
			{name: "api", takes: d, watch: []string{"src/", "web/"}, writes: []fakeWrite{{path: "lib/api", exact: -40 * time.Millisecond}}},
			{name: "web", takes: d, watch: []string{"lib/"}, writes: []fakeWrite{{path: "web/web", exact: 40 * time.Millisecond}}},
		}
	},
	"passed on": func(d time.Duration) []*fakeService {
		return []*fakeService{
			{name: "lib", takes: d, watch: []string{"src/"}, writes: []fakeWrite{{path: "dist/lib", exact: -40 * time.Millisecond}, {path: "src/stamp", exact: 20 * time.Millisecond}}},
			{name: "app", watch: []string{"dist/"}},
			{name: "web", takes: d / 2, watch: []string{"dist/", "web/"}, writes: []fakeWrite{{path: "web/stamp", exact: -20 * time.Millisecond}}},
		}
	},
}

var durations = []time.Duration{400 * time.Millisecond, 5 * time.Second, 15 * time.Second}

// save lets somebody save a file.
func (w *world) save(path string) {
	w.write(path, w.fresh(), "")
	for _, s := range w.services {
		for _, path := range s.beside {
			w.after(300*time.Millisecond+w.upTo(30*time.Millisecond), func() { w.write(path, w.fresh(), "") })
		}
	}
}

// work lets somebody edit for a while, with a save every now and then.
func (w *world) work(saves int, every time.Duration, paths []string) {
	path := paths[0]
	for range saves {
		pause := every/2 + w.upTo(every)
		if w.rnd.IntN(8) == 0 {
			pause += 3*time.Second + w.upTo(20*time.Second)
		}
		w.run(pause)
		if w.rnd.IntN(3) == 0 {
			path = paths[w.rnd.IntN(len(paths))]
		}
		w.save(path)
	}
}

// W9, W4: whatever builds write and whenever people save, no edit is lost, and all
// comes to rest.
func TestRandomHistories(t *testing.T) {
	histories, err := strconv.Atoi(cmp.Or(os.Getenv("DEVGATE_TRIALS"), "3"))
	if err != nil {
		t.Fatal(err)
	}
	for name, services := range generators {
		for _, takes := range durations {
			for _, every := range []time.Duration{600 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second} {
				t.Run(fmt.Sprintf("%s/%v/%v", name, takes, every), func(t *testing.T) {
					t.Parallel()
					for seed := range histories {
						history(t, uint64(seed), every, services(takes))
					}
				})
			}
		}
	}
}

func history(t *testing.T, seed uint64, every time.Duration, services []*fakeService) {
	t.Helper()
	w := newWorld(t, seed, services...)
	paths := []string{"src/a", "src/b", "src/c"}
	for _, s := range services {
		for _, write := range s.writes {
			if w.rnd.IntN(4) == 0 {
				paths = append(paths, write.path) // somebody edits what is generated
			}
		}
	}
	for _, path := range paths {
		if w.rnd.IntN(2) == 0 {
			w.holds(path)
		}
	}
	w.up()
	w.work(5+w.rnd.IntN(30), every, paths)
	w.run(10 * time.Minute)
	before := w.all()
	if lost := w.lost(); lost != nil {
		t.Fatalf("seed %d: lost %v\n%s", seed, lost, w.story())
	}
	w.run(10 * time.Minute)
	if after := w.all(); after != before {
		t.Fatalf("seed %d: %d builds while nobody does anything\n%s", seed, after-before, w.story())
	}
}

func (w *world) story() string {
	return strings.Join(w.log[max(0, len(w.log)-60):], "\n")
}

// W9: until a file is known it costs at most three further builds; after that a
// save is one build and one restart.
func TestASaveIsOneBuildOnceTheOutputIsKnown(t *testing.T) {
	for name, services := range generators {
		if name == "at any moment" || name == "while builds fail" || name == "beside another watcher" {
			continue // nobody can promise it there; what is promised is rest, above and below
		}
		for _, takes := range durations {
			t.Run(fmt.Sprintf("%s/%v", name, takes), func(t *testing.T) {
				t.Parallel()
				for seed := range uint64(5) {
					w := newWorld(t, seed, services(takes)...)
					w.holds("src/a")
					w.holds("src/b")
					w.up()
					w.run(5 * time.Minute)
					saves := 0
					for ; saves < 4; saves++ {
						w.save("src/a")
						w.run(5 * time.Minute)
					}
					first := w.services["api"]
					if first == nil {
						first = w.services["lib"]
					}
					if further := len(first.builds) - 1 - saves; further > 3 {
						t.Errorf("seed %d: %d further builds\n%s", seed, further, w.story())
					}
					w.oneSave(t, seed, first)
				}
			})
		}
	}
}

// oneSave saves a few times and counts what comes of it.
func (w *world) oneSave(t *testing.T, seed uint64, saved *fakeService) {
	t.Helper()
	for range 5 {
		before := map[string]int{}
		for name, s := range w.services {
			before[name] = len(s.builds) + len(s.started)
		}
		w.log = nil
		w.save("src/a")
		w.run(5 * time.Minute)
		for name, s := range w.services {
			want := 0
			switch {
			case s == saved || saved.name == "lib" && s.takes > 0:
				want = 2 // a build and a start
			case saved.name == "lib":
				want = 1 // passed on to who has no build
			}
			if got := len(s.builds) + len(s.started) - before[name]; got != want {
				t.Fatalf("seed %d: %d builds and starts of %s for a save, want %d\n%s", seed, got, name, want, w.story())
			}
		}
	}
}
