package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// From the start of devgate to the first instruction of both of two children,
// beside a program that only spawns them.
func BenchmarkLaunch(b *testing.B) {
	dir := b.TempDir()
	script := func(name string) string { return "echo > " + filepath.Join(dir, name) + "; exec sleep 60" }
	root := project(b, fmt.Sprintf("port = \"auto\"\n[a]\ncommand = %q\n[b]\ncommand = %q\n", script("a"), script("b")))
	both := func() bool { return exists(filepath.Join(dir, "a")) && exists(filepath.Join(dir, "b")) }
	clear := func() { os.Remove(filepath.Join(dir, "a")); os.Remove(filepath.Join(dir, "b")) }
	var ours, reference []time.Duration
	for b.Loop() {
		clear()
		began := time.Now()
		u := start(b, root)
		await(b, "both children", both)
		ours = append(ours, time.Since(began))
		u.stop()

		clear()
		cmd := exec.Command(spawner, script("a"), script("b"))
		began = time.Now()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		await(b, "both children", both)
		reference = append(reference, time.Since(began))
		cmd.Process.Kill() // its children go with it
		cmd.Wait()
	}
	b.ReportMetric(ms(median(ours)), "ms/launch")
	b.ReportMetric(ms(median(reference)), "ms/reference")
	b.ReportMetric(float64(median(ours))/float64(median(reference)), "ratio")
}

func count(path, text string) int {
	all, _ := os.ReadFile(path)
	return bytes.Count(all, []byte(text))
}

// What devgate costs while ten services do nothing.
func BenchmarkIdle(b *testing.B) {
	var file strings.Builder
	file.WriteString("port = \"auto\"\n")
	for i := range 10 {
		fmt.Fprintf(&file, "[s%d]\ncommand = \"sleep 600\"\n", i)
	}
	u := start(b, project(b, file.String()))
	defer u.stop()
	await(b, "ready", func() bool { return count(u.out, "ready http") == 1 })
	pause(10 * time.Second) // what starting leaves to do is over
	const watched = time.Minute
	for b.Loop() {
		before := u.cpu()
		pause(watched)
		b.ReportMetric(100*float64(u.cpu()-before)/float64(watched), "%cpu")
		b.ReportMetric(u.status("VmRSS"), "MB")
		b.ReportMetric(u.share(), "MB-shared-once")
	}
}
