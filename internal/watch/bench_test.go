package watch

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
)

// BenchmarkLatency measures W1's part of the way from a write to the new
// process: write to Change, with the usual debounce. The metric is the median.
func BenchmarkLatency(b *testing.B) {
	r := newRig(b, "**/*.go")
	r.w.Debounce = 0
	r.write("main.go", "0")
	r.start()
	var took []time.Duration
	for b.Loop() {
		r.counter++
		start := time.Now()
		r.ok(os.WriteFile(r.path("main.go"), []byte(fmt.Sprint("text ", r.counter)), 0o644))
		r.next()
		took = append(took, r.came.Sub(start))
		pause(200 * time.Millisecond) // so that it is a save of its own
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
}

// BenchmarkTree measures W5: a tree of 50,000 files in 5,000 folders, of which
// 9,000 in 930 are the project's own and the others in node_modules.
func BenchmarkTree(b *testing.B) {
	r := newRig(b, "**/*.js")
	content := make([]byte, 2000)
	for i := range 930 {
		for j := range 10 {
			r.write(fmt.Sprintf("src/%d/%d/%d.js", i%30, i, j), string(content))
		}
	}
	for i := range 4070 {
		for j := range 10 {
			r.write(fmt.Sprintf("node_modules/%d/%d/%d.js", i%100, i, j), string(content))
		}
	}
	var before, after runtime.MemStats
	var watches int
	b.ResetTimer()
	for range b.N {
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := newRig(b, "**/*.js")
		s.root, s.w.Root, s.w.Targets[0].Dir = r.root, r.root, r.root
		s.w.hooks.surveyed = func(_, watched, _ int) { watches = watched }
		b.StartTimer()
		s.start()
		b.StopTimer()
		runtime.ReadMemStats(&after)
		peak := after.HeapSys + after.StackSys - before.HeapSys - before.StackSys
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(int64(peak))/1e6, "MB-grown")
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1e6, "MB-kept")
		b.ReportMetric(float64(watches), "watches")
	}
}

// BenchmarkIdlePoll measures one poll of 9,300 files that have not changed.
func BenchmarkIdlePoll(b *testing.B) {
	r := newRig(b, "**/*.js")
	for i := range 9300 {
		r.write(fmt.Sprintf("src/%d/%d.js", i/10, i), "text")
		old := time.Now().Add(-time.Hour)
		r.ok(os.Chtimes(r.path(fmt.Sprintf("src/%d/%d.js", i/10, i)), old, old))
	}
	r.w.Poll = time.Nanosecond
	s, err := newObserver(r.w, make(chan struct{}))
	r.ok(err)
	s.survey(false)
	pause(2100 * time.Millisecond) // until the inodes are old enough
	for b.Loop() {
		s.poll()
	}
}
