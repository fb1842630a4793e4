package bench

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/proc"
	"devgate/internal/testproc"
)

var devgate string // the program, built once

func TestMain(m *testing.M) {
	flag.Parse()
	switch {
	case os.Getenv("DEVGATE_TEST_ROLE") != "":
	case flag.Lookup("test.bench").Value.String() == "":
		os.Exit(m.Run()) // nothing here is to be measured
	default:
		dir, err := os.MkdirTemp("", "bench")
		if err != nil {
			panic(err)
		}
		devgate = filepath.Join(dir, "devgate")
		if out, err := exec.Command("go", "build", "-o", devgate, "devgate").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build devgate: %v\n%s", err, out)
			os.Exit(1)
		}
	}
	testproc.Main(m, map[string]testproc.Role{"lines": lines, "spawn": spawn})
}

// lines prints so many lines of 100 bytes, as fast as it can.
func lines(args []string) int {
	n, _ := strconv.Atoi(args[0])
	line := append(bytes.Repeat([]byte("x"), 99), '\n')
	block := bytes.Repeat(line, 600)
	for n > 0 {
		count := min(n, 600)
		os.Stdout.Write(block[:100*count])
		n -= count
	}
	return 0
}

// spawn is the reference for a launch: it starts shells directly and waits.
func spawn(args []string) int {
	var all []*exec.Cmd
	for _, script := range args {
		cmd := exec.Command("/bin/sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if cmd.Start() != nil {
			return 1
		}
		all = append(all, cmd)
	}
	for _, cmd := range all {
		cmd.Wait()
	}
	return 0
}

// role is the command line that plays a role, for a shell.
func role(b *testing.B, name string, args ...string) string {
	argv, _ := testproc.Command(b, name, args...)
	return "DEVGATE_TEST_ROLE=" + name + " exec " + strings.Join(argv, " ")
}

// project is a folder with a Devgatefile.
func project(b *testing.B, devgatefile string) string {
	b.Helper()
	root := b.TempDir()
	if err := os.WriteFile(filepath.Join(root, "Devgatefile"), []byte(devgatefile), 0o644); err != nil {
		b.Fatal(err)
	}
	return root
}

// up is a running devgate with its output in a file.
type up struct {
	b   *testing.B
	cmd *exec.Cmd
	out string
}

func start(b *testing.B, root string) *up {
	b.Helper()
	u := &up{b: b, cmd: exec.Command(devgate, "up"), out: filepath.Join(root, "out")}
	file, err := os.Create(u.out)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	u.cmd.Dir, u.cmd.Stdout, u.cmd.Stderr = root, file, file
	if err := u.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return u
}

func (u *up) stop() {
	u.cmd.Process.Signal(syscall.SIGINT)
	u.cmd.Wait()
}

// processes are the guard and the supervisor.
func (u *up) processes() []int {
	return append([]int{u.cmd.Process.Pid}, proc.Children(u.cmd.Process.Pid)...)
}

// status sums a line of /proc/PID/status over both processes, in MB.
func (u *up) status(name string) (mb float64) {
	for _, pid := range u.processes() {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, _ := strings.Cut(string(text), name+":")
		kb, _ := strconv.ParseFloat(strings.Fields(rest + " 0")[0], 64)
		mb += kb / 1024
	}
	return mb
}

// cpu is the time that both processes have used.
func (u *up) cpu() (total time.Duration) {
	for _, pid := range u.processes() {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, task := range tasks {
			text, _ := os.ReadFile(task)
			ns, _ := strconv.ParseInt(strings.Fields(string(text) + " 0")[0], 10, 64)
			total += time.Duration(ns)
		}
	}
	return total
}

// await polls often, so that what is measured is not the polling.
func await(b *testing.B, what string, holds func() bool) {
	b.Helper()
	limit := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(limit) {
			b.Fatalf("%s never came", what)
		}
		time.Sleep(200 * time.Microsecond)
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
