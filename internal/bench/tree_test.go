package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What watching 50,000 files in 5,000 folders costs, of which 4,070 folders are
// in node_modules, beside a folder with one file.
func BenchmarkTree(b *testing.B) {
	const file = "port = \"auto\"\n[a]\ncommand = \"echo >stamp; exec sleep 600\"\nwatch = [\"**/*.js\"]\n"
	large, small := project(b, file), project(b, file)
	grow(b, filepath.Join(large, "src"), 930, 30)
	grow(b, filepath.Join(large, "node_modules"), 4070, 100)
	write(b, filepath.Join(small, "a.js"), "1")
	var first, none, watching []time.Duration
	var u, v *up
	for b.Loop() {
		for range 9 {
			if u != nil {
				u.stop()
				v.stop()
			}
			var took time.Duration
			v, took = firstChild(b, small)
			none = append(none, took)
			began := time.Now()
			u, took = firstChild(b, large)
			first = append(first, took)
			await(b, "watches", func() bool { return u.watches() > 930 })
			watching = append(watching, time.Since(began))
			pause(500 * time.Millisecond)
		}
	}
	defer u.stop()
	defer v.stop()
	b.ReportMetric(ms(median(first)-median(none)), "ms/first-child-later")
	b.ReportMetric(ms(median(watching)), "ms/watching")
	b.ReportMetric(float64(u.watches()), "watches")
	pause(5 * time.Second)
	b.ReportMetric(u.share()-v.share(), "MB-more")
	b.ReportMetric(u.status("VmHWM")-v.status("VmHWM"), "MB-more-at-most")
	before := u.cpu()
	const watched = time.Minute
	pause(watched)
	b.ReportMetric(100*float64(u.cpu()-before)/float64(watched), "%cpu-idle")
}

// grow makes folders of ten files, so many of them in one folder.
func grow(b *testing.B, root string, folders, each int) {
	b.Helper()
	text := strings.Repeat("// text of a file\n", 100)
	for i := range folders {
		dir := filepath.Join(root, fmt.Sprint(i%each), fmt.Sprint(i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		for j := range 10 {
			write(b, filepath.Join(dir, fmt.Sprintf("%d.js", j)), text)
		}
	}
}

// firstChild starts devgate and returns how long its child took to begin.
func firstChild(b *testing.B, root string) (*up, time.Duration) {
	b.Helper()
	stamp := filepath.Join(root, "stamp")
	os.Remove(stamp)
	began := time.Now()
	u := start(b, root)
	await(b, "the child", func() bool { return exists(stamp) })
	return u, time.Since(began)
}

// watches counts the folders for which the system sends events.
func (u *up) watches() (n int) {
	for _, pid := range u.processes() {
		all, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fdinfo/*", pid))
		for _, info := range all {
			n += count(info, "inotify wd:")
		}
	}
	return n
}
