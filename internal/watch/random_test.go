package watch

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	s.runs = s.read(root)
}

// upToDate reports whether what runs is what is on disk.
func (s *service) upToDate(root string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Equal(s.runs, s.read(root))
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
	}
}

// lossy makes the rig lose events now and then, as an overflow does.
func lossy(r *rig) (step func(*rand.Rand)) {
	faults, drop := make(chan error), newSwitch()
	r.w.hooks.pump = func(p *pump) { p.faults, p.drop = faults, drop.lose }
	return func(random *rand.Rand) {
		drop.set(random.IntN(2) == 0)
		faults <- fsnotify.ErrEventOverflow
	}
}

// randomTrial runs one history, from before the first walk on.
func randomTrial(t *testing.T, seed uint64, prepare func(*Watcher), fault ...func(*rig) func(*rand.Rand)) {
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
		faulty = f(r)
	}
	before := map[string]map[string]string{}
	nextTick(t)
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
		if i%40 == 20 {
			faulty(tr.rand)
		}
	}
	if fault != nil { // the last overflow is told after the last loss
		faulty(rand.New(rand.NewPCG(2, 2)))
		faulty(rand.New(rand.NewPCG(2, 2)))
	}
	for name, s := range services {
		eventually(t, fmt.Sprintf("%s runs what is on disk, seed %d", name, seed), func() bool { return s.upToDate(r.root) })
		eventually(t, fmt.Sprintf("Changes of %s name all that differs, seed %d", name, seed), func() bool {
			return !named || s.named(before[name], s.read(r.root))
		})
	}
	close(stop)
	<-ended
}
