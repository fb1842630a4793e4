package watch

import (
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// service is what restarts at each Change: it reads all of its files, as a
// process would when it starts.
type service struct {
	match func(rel string) bool

	mu   sync.Mutex
	runs map[string]string // what the running one has read
	told map[string]bool   // all files of all Changes

	began bool // with an Update: what was removed in between, nobody can name

	memory *memory // nil: the watcher has to know of everything
	since  int     // of memory, when runs was read
}

// read returns the content of all files of the service.
func (s *service) read(root string) map[string]string {
	files := map[string]string{}
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		rel := relative(root, path)
		if src, err := os.ReadFile(path); err == nil && s.match(rel) {
			files[rel] = string(src)
		}
		return nil
	})
	return files
}

// changed is called for a Change.
func (s *service) changed(root string, c Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range c.Files {
		s.told[name] = true
	}
	s.since = s.memory.size()
	s.runs = s.read(root)
}

// restart is a start that nobody was told of.
func (s *service) restart(root string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began = true
	s.runs = s.read(root)
}

// upToDate reports whether what runs is what is on disk, as far as the watcher can know.
func (s *service) upToDate(root string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	onDisk := s.read(root)
	for _, files := range []map[string]string{s.runs, onDisk} {
		for file := range files {
			if s.runs[file] != onDisk[file] && !s.memory.hides(filepath.Join(root, file), s.since) {
				return false
			}
		}
	}
	return true
}

// named reports whether the Changes have named all that differs.
func (s *service) named(before, after map[string]string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, files := range []map[string]string{before, after} {
		for file := range files {
			if before[file] != after[file] && !s.told[file] {
				return false
			}
		}
	}
	return true
}

// trial is one random history of a tree.
type trial struct {
	r    *rig
	mu   sync.Mutex // nobody reads in the middle of a step
	rand *rand.Rand
	n    int
}

// folder and file return random names.
func (tr *trial) folder() string {
	return strings.TrimSuffix(strings.Repeat(string(rune('a'+tr.rand.IntN(3)))+"/", 1+tr.rand.IntN(2))+string(rune('a'+tr.rand.IntN(3))), "/")
}

func (tr *trial) file() string {
	return fmt.Sprintf("%s/%d%s", tr.folder(), tr.rand.IntN(3), []string{".go", ".ts", ".md", "~"}[tr.rand.IntN(4)])
}

// step does one thing; what cannot be done is left.
func (tr *trial) step() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.n++
	content := []byte(fmt.Sprint("content ", tr.n))
	file, dir := tr.r.path(tr.file()), tr.r.path(tr.folder())
	switch tr.rand.IntN(10) {
	case 0, 1, 2: // edit, or make with folders
		_ = os.MkdirAll(filepath.Dir(file), 0o755)
		_ = os.WriteFile(file, content, 0o644)
	case 3: // atomic save
		tmp := tr.r.path("tmp.md")
		_ = os.WriteFile(tmp, content, 0o644)
		_ = os.Rename(tmp, file)
	case 4:
		_ = os.Remove(file)
	case 5:
		_ = os.Rename(file, tr.r.path(tr.file()))
	case 6:
		_ = os.Rename(dir, tr.r.path(tr.folder()))
	case 7:
		_ = os.RemoveAll(dir)
	case 8: // out of sight and back, changed
		hidden := tr.r.path("node_modules")
		if os.Rename(dir, hidden) == nil {
			_ = os.WriteFile(filepath.Join(hidden, "0.go"), content, 0o644)
			_ = os.Rename(hidden, dir)
		}
	case 9: // a moment passes
		pause(time.Duration(tr.rand.IntN(30)) * time.Millisecond)
	}
}

// TestRandom keeps W4: after any history, what runs was started after the last
// change, and the Changes have named all that differs.
func TestRandom(t *testing.T) {
	base := rand.Uint64()
	if seed := os.Getenv("DEVGATE_SEED"); seed != "" {
		_, err := fmt.Sscan(seed, &base)
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint64(12) {
		for mode, prepare := range modes {
			t.Run(fmt.Sprintf("%s/seed %d", mode, base+i), func(t *testing.T) {
				t.Parallel()
				randomTrial(t, base+i, prepare)
			})
		}
		t.Run(fmt.Sprintf("with losses/seed %d", base+i), func(t *testing.T) {
			t.Parallel()
			randomTrial(t, base+i, func(*Watcher) {}, lossy)
		})
		t.Run(fmt.Sprintf("with updates/seed %d", base+i), func(t *testing.T) {
			t.Parallel()
			randomTrial(t, base+i, func(*Watcher) {}, updates)
		})
	}
}

// updates takes services away from the Watcher and gives them back. Those that
// come back start then.
func updates(r *rig, services map[string]*service) (step func(*rand.Rand)) {
	now := r.w.Targets
	return func(random *rand.Rand) {
		old := now
		now = slices.Clone(r.w.Targets[:1])
		for _, target := range r.w.Targets[1:] {
			if random.IntN(2) == 1 {
				now = append(now, target)
			}
		}
		r.ok(r.w.Update(now))
		for _, target := range now {
			if !slices.ContainsFunc(old, target.equal) {
				services[target.Name].restart(r.root)
			}
		}
	}
}

// ones is a source of chance that has none.
type ones struct{}

func (ones) Uint64() uint64 { return math.MaxUint64 }

// lossy makes the rig lose events now and then, as an overflow does.
func lossy(r *rig, services map[string]*service) (step func(*rand.Rand)) {
	faults, drop := make(chan error), newSwitch()
	m := newMemory(r.w)
	for _, s := range services {
		s.memory = m
	}
	r.w.hooks.pump = func(p *pump) { p.faults, p.drop = faults, drop.lose }
	return func(random *rand.Rand) {
		drop.set(random.IntN(2) == 0)
		faults <- fsnotify.ErrEventOverflow
	}
}

// randomTrial runs one history, from before the first walk on.
func randomTrial(t *testing.T, seed uint64, prepare func(*Watcher), fault ...func(*rig, map[string]*service) func(*rand.Rand)) {
	r := newRig(t)
	r.late = true // of a file that was away for a while
	r.w.Debounce = 20 * time.Millisecond
	r.w.Cap = 300 * time.Millisecond
	prepare(r.w)
	services := map[string]*service{
		"go":   {match: func(rel string) bool { return strings.HasSuffix(rel, ".go") && !strings.Contains(rel, "node_modules") }},
		"a":    {match: func(rel string) bool { return strings.HasPrefix(rel, "a/") && !strings.HasSuffix(rel, "~") }},
		"file": {match: func(rel string) bool { return rel == "b/b/1.ts" }},
	}
	r.w.Targets = []Target{
		{Name: "go", Dir: r.root, Patterns: []string{"**/*.go"}},
		{Name: "a", Dir: r.root, Patterns: []string{"a"}},
		{Name: "file", Dir: r.path("b"), Patterns: []string{"b/1.ts"}},
	}
	tr := &trial{r: r, rand: rand.New(rand.NewPCG(seed, 1))}
	for range 60 {
		tr.step()
	}
	faulty := func(*rand.Rand) {}
	for _, f := range fault {
		faulty = f(r, services)
	}
	before := map[string]map[string]string{}
	nextTick(t)
	r.w.Begin() // Run itself may begin after the first steps
	for name, s := range services {
		s.told = map[string]bool{}
		s.runs = s.read(r.root)
		before[name] = s.runs
	}
	r.launch()
	named := seed%2 == 0 // what is removed before the first walk, nobody can name
	if named {
		r.await(r.w.Ready())
	}
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() { // the supervisor
		defer close(ended)
		for {
			select {
			case c := <-r.changes:
				tr.mu.Lock()
				services[c.Name].changed(r.root, c.Change)
				tr.mu.Unlock()
			case <-stop:
				return
			}
		}
	}()
	for i := range 120 {
		tr.step()
		if i%20 == 10 {
			faulty(tr.rand)
		}
	}
	if fault != nil { // the last overflow is told after the last loss
		faulty(rand.New(ones{})) // and all services are there
		faulty(rand.New(ones{}))
	}
	for name, s := range services {
		eventually(t, fmt.Sprintf("%s runs what is on disk, seed %d", name, seed), func() bool { return s.upToDate(r.root) })
		eventually(t, fmt.Sprintf("Changes of %s name all that differs, seed %d", name, seed), func() bool {
			return !named || s.began || s.named(before[name], s.read(r.root))
		})
	}
	close(stop)
	<-ended
}
