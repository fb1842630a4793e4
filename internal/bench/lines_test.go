package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	allLines  = 1_000_000
	lineBytes = 99 // and the newline
	longBytes = 10 << 20
)

// One million lines of 100 bytes to a file, beside `generator | sed` and the
// peers. No line may be lost or cut; for peers, it is counted.
func BenchmarkLines(b *testing.B) {
	for _, children := range []int{1, 4} {
		b.Run(fmt.Sprintf("children=%d", children), func(b *testing.B) {
			command := role(b, "lines", fmt.Sprint(allLines/children))
			var ours, reference []time.Duration
			var peak passed
			for b.Loop() {
				p := pass(b, devgateItself(), children, command, allLines*lineBytes)
				if p.whole != allLines {
					b.Fatalf("%d lines are whole, want %d", p.whole, allLines)
				}
				ours, peak = append(ours, p.took), passed{rss: max(peak.rss, p.rss), share: max(peak.share, p.share)}
				reference = append(reference, linesThroughSed(b))
			}
			b.ReportMetric(median(ours).Seconds(), "s/devgate")
			b.ReportMetric(median(reference).Seconds(), "s/sed")
			b.ReportMetric(float64(median(ours))/float64(median(reference)), "ratio")
			b.ReportMetric(peak.rss, "MB-peak")
			b.ReportMetric(peak.share, "MB-shared-once")
			for _, peer := range measurable(b) {
				p := pass(b, peer, children, command, allLines*lineBytes)
				b.ReportMetric(p.took.Seconds(), "s/"+peer.name)
				b.ReportMetric(p.rss, "MB/"+peer.name)
				b.ReportMetric(float64(allLines-p.whole), "cut/"+peer.name)
			}
		})
	}
}

// One line of 10 MB: what it takes in memory.
func BenchmarkLongLine(b *testing.B) {
	command := role(b, "long", fmt.Sprint(longBytes))
	var peak, share float64
	for b.Loop() {
		p := pass(b, devgateItself(), 1, command, longBytes)
		peak, share = max(peak, p.rss), max(share, p.share)
	}
	b.ReportMetric(peak, "MB-peak")
	b.ReportMetric(share, "MB-shared-once")
	for _, peer := range measurable(b) {
		b.ReportMetric(pass(b, peer, 1, command, longBytes).rss, "MB/"+peer.name)
	}
}

// passed is how a program has passed on what its commands print.
type passed struct {
	took       time.Duration // from its start to the last byte in the file
	rss, share float64       // MB at their highest: every process by itself, and shared pages once
	whole      int           // lines that are neither lost nor cut
}

// pass lets a program run a command so many times, and waits for so many bytes x.
func pass(b *testing.B, with runner, times int, command string, want int) (p passed) {
	commands := make([]string, times)
	for i := range commands {
		commands[i] = command
	}
	root := project(b, devgatefileOf(commands))
	began := time.Now()
	u := with.start(b, root, commands)
	defer u.stop()
	out, looked := &follower{path: u.out}, began
	look := func() {
		p.rss, p.share = max(p.rss, u.status("VmRSS")), max(p.share, u.share())
	}
	await(b, "the last line", func() bool {
		if now := time.Now(); now.Sub(looked) > 20*time.Millisecond { // a look costs something
			looked = now
			look()
		}
		// Reading along would take the time of those that are measured.
		return out.size() >= want && out.count("x") >= want
	})
	p.took = out.written().Sub(began)
	look()
	p.whole = count(u.out, " "+strings.Repeat("x", lineBytes)+"\n")
	return p
}

func devgatefileOf(commands []string) string {
	var file strings.Builder
	file.WriteString("port = \"auto\"\n")
	for i, command := range commands {
		fmt.Fprintf(&file, "[a%d]\ncommand = %q\n", i, command)
	}
	return file.String()
}

// follower counts a text in a file that grows, reading each byte once.
type follower struct {
	path   string
	offset int64
	last   []byte // the end of what was read, which may hold the text's beginning
	found  int
}

// written is when the last byte came.
func (f *follower) written() time.Time {
	info, err := os.Stat(f.path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// size is that of the file, which is not read.
func (f *follower) size() int {
	info, err := os.Stat(f.path)
	if err != nil {
		return 0
	}
	return int(info.Size())
}

func (f *follower) count(text string) int {
	file, err := os.Open(f.path)
	if err != nil {
		return 0
	}
	defer file.Close()
	file.Seek(f.offset, io.SeekStart)
	fresh, _ := io.ReadAll(file)
	f.offset += int64(len(fresh))
	all := append(f.last, fresh...)
	f.found += bytes.Count(all, []byte(text))
	f.last = bytes.Clone(all[max(0, len(all)-len(text)+1):])
	return f.found
}

func linesThroughSed(b *testing.B) time.Duration {
	began := time.Now()
	generator, _, _ := strings.Cut(role(b, "lines", fmt.Sprint(allLines)), ";")
	cmd := exec.Command("/bin/sh", "-c", generator+" | sed 's/^/a | /' > "+filepath.Join(b.TempDir(), "out"))
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
