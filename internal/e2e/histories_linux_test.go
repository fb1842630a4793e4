//go:build e2e

package e2e

import (
	"crypto/sha1"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// sideBySide is how many devgates live through a history at once: they wait more
// than they work.
const sideBySide = 12

// TestRandomHistories keeps W4: whatever happens to the files of a service, and
// at whatever moment of its restarts, in the end the process runs with what is
// on disk. DEVGATE_TRIALS is how many histories (50), DEVGATE_SEED the first
// seed; each has its seed in its name.
func TestRandomHistories(t *testing.T) {
	trials, seed := 50, rand.Uint64N(1<<40)
	for name, set := range map[string]func(uint64){
		"DEVGATE_TRIALS": func(n uint64) { trials = int(n) },
		"DEVGATE_SEED":   func(n uint64) { seed = n },
	} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			set(n)
		}
	}
	seeds := make(chan uint64)
	var workers sync.WaitGroup
	for range sideBySide {
		workers.Go(func() {
			for seed := range seeds {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { live(t, seed) })
			}
		})
	}
	for i := range trials {
		seeds <- seed + uint64(i)
	}
	close(seeds)
	workers.Wait()
}

// history is one project in which things happen.
type history struct {
	*gateway
	rand  *rand.Rand
	n     int
	began time.Time // when devgate did
}

// digest writes which sources there are and what is in them, and whose it is.
const digest = `find src -type f -name '*.go' ! -name '.#*' -print0 | LC_ALL=C sort -z | xargs -0r sha1sum >$1.$$; mv $1.$$ $1`

// sluggards are services that are slow where others are quick. Each leaves a file
// where it may be met: building, stopping, run.
var sluggards = []string{
	`command = "sh digest run; echo $$ >pid; exec sleep 1000"`,
	`command = "sh digest run; echo $$ >pid; trap 'echo >stopping; sleep 0.2; exit 0' TERM; sleep 1000 & wait"`,
	`command = "sleep 0.1; sh digest run; echo $$ >pid; exec sleep 1000"`,
	"build = \"echo >building; sh digest built; sleep 0.2; cp built {bin}\"\ncommand = \"cp {bin} run.new; mv run.new run; echo $$ >pid; exec sleep 1000\"",
	"build = \"echo >building; test ! -f src/broken.go; sh digest {bin}\"\ncommand = \"cp {bin} run.new; mv run.new run; echo $$ >pid; exec sleep 1000\"",
}

// live runs one history.
func live(t *testing.T, seed uint64) {
	p := emptyProject(t)
	h := &history{rand: rand.New(rand.NewPCG(seed, 5))}
	kind := sluggards[h.rand.IntN(len(sluggards))]
	p.write("digest", digest)
	p.write("Devgatefile", "port = $GATEWAY\n[api]\nwatch = [\"src/**/*.go\"]\n"+kind)
	h.gateway = &gateway{project: p}
	for range 30 {
		h.step()
	}
	h.began = time.Now()
	h.gateway = p.up()
	for range 25 {
		h.step()
		h.moment()
	}
	if broken := p.path("src/broken.go"); strings.Contains(kind, "broken") {
		eventually(t, "devgate has not taken in what is broken", func() bool { return h.known(broken) })
		os.Remove(broken)
	}
	defer func() {
		if t.Failed() {
			got, _ := os.ReadFile(p.path("run"))
			t.Logf("on disk:\n%swhat runs has read:\n%s", h.onDisk(), got)
		}
	}()
	eventually(t, fmt.Sprintf("what runs is not what is on disk; seed %d; %s", seed, kind), h.upToDate)
	h.down()
}

// folder and file are random names; few, so that they meet.
func (h *history) folder() string {
	parts := []string{"src"}
	for range h.rand.IntN(3) {
		parts = append(parts, string(rune('a'+h.rand.IntN(3))))
	}
	return h.path(filepath.Join(parts...))
}

func (h *history) file() string {
	names := []string{"x.go", "y.go", "z.go", "note.txt", ".#x.go", "x.go~", "broken.go"}
	return filepath.Join(h.folder(), names[h.rand.IntN(len(names))])
}

// step does one thing; what cannot be done is left.
func (h *history) step() {
	h.n++
	content := fmt.Appendf(nil, "package p // %d\n", h.n)
	file, dir := h.file(), h.folder()
	switch h.rand.IntN(11) {
	case 0, 1, 2:
		os.MkdirAll(filepath.Dir(file), 0o755)
		os.WriteFile(file, content, 0o644)
	case 3: // atomically
		os.WriteFile(h.path("tmp"), content, 0o644)
		os.Rename(h.path("tmp"), file)
	case 4:
		if h.known(file) {
			os.Remove(file)
		}
	case 5:
		if to := h.file(); h.known(file) {
			os.Rename(file, to)
		}
	case 6:
		if to := h.folder(); h.known(dir) {
			os.Rename(dir, to)
		}
	case 7:
		if h.known(dir) {
			os.RemoveAll(dir)
		}
	case 8: // away, changed, and back
		if os.Rename(dir, h.path("away")) == nil {
			os.WriteFile(h.path("away/x.go"), content, 0o644)
			os.Rename(h.path("away"), dir)
		}
	case 9: // a burst
		os.MkdirAll(dir, 0o755)
		for i := range 50 {
			os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d.go", i)), content, 0o644)
		}
	case 10: // in two pieces
		if f, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0); err == nil {
			<-time.After(time.Duration(h.rand.IntN(60)) * time.Millisecond)
			f.Write(content)
			f.Close()
		}
	}
}

// known reports whether devgate has taken in all that is at path. What comes and
// goes within one burst is no change, although a process that starts just then
// may have met it.
func (h *history) known(path string) bool {
	known := true
	filepath.Walk(path, func(_ string, info fs.FileInfo, err error) error {
		if err == nil {
			changed := time.Unix(info.Sys().(*syscall.Stat_t).Ctim.Unix())
			known = known && (h.began.IsZero() || changed.Before(h.began) || time.Since(changed) > 2500*time.Millisecond)
		}
		return nil
	})
	return known
}

// moment lets some time pass, or waits for a moment that is hard to meet.
func (h *history) moment() {
	mark := h.path([]string{"run", "building", "stopping", ""}[h.rand.IntN(4)])
	limit := time.After(time.Duration(h.rand.IntN(150)) * time.Millisecond)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	began := time.Now()
	for wait := h.rand.IntN(3) > 0; wait; {
		select {
		case <-limit:
			return
		case <-tick.C:
			if info, err := os.Stat(mark); err == nil && info.Mode().IsRegular() && info.ModTime().After(began) {
				return
			}
		}
	}
}

// onDisk is what a process would read now.
func (h *history) onDisk() string {
	var want []string
	filepath.WalkDir(h.path("src"), func(path string, e fs.DirEntry, err error) error {
		if src, err := os.ReadFile(path); err == nil && strings.HasSuffix(path, ".go") && !strings.HasPrefix(e.Name(), ".#") {
			rel, _ := filepath.Rel(h.dir, path)
			want = append(want, fmt.Sprintf("%x  %s\n", sha1.Sum(src), rel))
		}
		return nil
	})
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(a[42:], b[42:]) })
	return strings.Join(want, "")
}

// upToDate reports whether the process that runs has read what is on disk.
func (h *history) upToDate() bool {
	got, _ := os.ReadFile(h.path("run"))
	text, _ := os.ReadFile(h.path("pid"))
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	return err == nil && string(got) == h.onDisk() && syscall.Kill(pid, 0) == nil
}
