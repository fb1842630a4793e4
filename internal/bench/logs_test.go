package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	logServices = 100
	logLines    = 9_990 // of each service: devgate keeps 10,000, with its own about it
	logBytes    = 70
)

// `devgate logs` of one million lines that are kept, beside sed over the files
// that devgate has written: the time, and the CPU of both ends of the socket.
func BenchmarkLogs(b *testing.B) {
	var file strings.Builder
	file.WriteString("port = \"auto\"\n")
	for i := range logServices {
		fmt.Fprintf(&file, "[s%02d]\ncommand = \"yes %s | head -n %d; exec sleep 600\"\n", i, strings.Repeat("x", logBytes), logLines)
	}
	root := project(b, file.String())
	u := start(b, root)
	defer u.stop()
	out := &follower{path: u.out}
	await(b, "the last line", func() bool { return out.count(strings.Repeat("x", logBytes)+"\n") == logServices*logLines })
	var took, ours, theirs, reference []time.Duration
	for b.Loop() {
		before := u.cpu()
		cmd := exec.Command(devgate, "logs")
		cmd.Dir, cmd.Stdout = root, create(b, filepath.Join(root, "logs"))
		began := time.Now()
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
		ours = append(ours, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
		theirs = append(theirs, u.cpu()-before)
		if n := count(filepath.Join(root, "logs"), strings.Repeat("x", logBytes)+"\n"); n != logServices*logLines {
			b.Fatalf("%d lines, want %d", n, logServices*logLines)
		}
		began = time.Now()
		sed := exec.Command("/bin/sh", "-c", "cat .devgate/logs/*.log | sed 's/^/a | /'")
		sed.Dir, sed.Stdout = root, create(b, filepath.Join(root, "reference"))
		if err := sed.Run(); err != nil {
			b.Fatal(err)
		}
		reference = append(reference, time.Since(began))
	}
	b.ReportMetric(median(took).Seconds(), "s/logs")
	b.ReportMetric(median(ours).Seconds(), "s-cpu/logs")
	b.ReportMetric(median(theirs).Seconds(), "s-cpu/devgate")
	b.ReportMetric(median(reference).Seconds(), "s/sed")
}

func create(b *testing.B, path string) *os.File {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	return file
}
