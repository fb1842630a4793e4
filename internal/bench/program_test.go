package bench

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/proc"
	"devgate/internal/testproc"
)

// The programs, built once by TestMain.
var devgate, spawner string

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
		build("devgate", devgate)
		if wanted("BenchmarkLaunch") {
			spawner = filepath.Join(dir, "spawner")
			os.WriteFile(spawner+".go", []byte(spawnSource), 0o644)
			build(spawner+".go", spawner)
		}
		if wanted("BenchmarkLines") || wanted("BenchmarkLongLine") {
			runners = findRunners(dir)
		}
	}
	testproc.Main(m, map[string]testproc.Role{"lines": lines, "long": long})
}

// wanted reports whether -bench names the benchmark.
func wanted(name string) bool {
	pattern, _, _ := strings.Cut(flag.Lookup("test.bench").Value.String(), "/")
	matched, err := regexp.MatchString(pattern, name)
	return matched || err != nil
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

// long prints one line of so many bytes.
func long(args []string) int {
	n, _ := strconv.Atoi(args[0])
	block := bytes.Repeat([]byte("x"), 64<<10)
	for n > 0 {
		count := min(n, len(block))
		os.Stdout.Write(block[:count])
		n -= count
	}
	os.Stdout.Write([]byte("\n"))
	return 0
}

// spawnSource is the reference for a launch: what hivemind does, and nothing else.
// It is a program of its own, as this one is larger and slower to start.
const spawnSource = `package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

func main() {
	var all sync.WaitGroup
	for i, script := range os.Args[1:] {
		cmd := exec.Command("/bin/sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		out, _ := cmd.StdoutPipe()
		cmd.Stderr = cmd.Stdout
		cmd.Start()
		all.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				fmt.Printf("%c | %s\n", 'a'+i, lines.Text())
			}
			cmd.Wait()
		})
	}
	all.Wait()
}
`

// build makes a program without the system's C library, as make build does.
func build(from, to string) {
	build := exec.Command("go", "build", "-o", to, from)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build %s: %v\n%s", from, err, out)
		os.Exit(1)
	}
}

// role is the command line that plays a role, for a shell. It stays afterwards,
// because some programs end with their first command.
func role(b *testing.B, name string, args ...string) string {
	argv, _ := testproc.Command(b, name, args...)
	return "DEVGATE_TEST_ROLE=" + name + " " + strings.Join(argv, " ") + "; exec sleep 600"
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

// up is a running devgate, or a peer, with its output in a file.
type up struct {
	b    *testing.B
	cmd  *exec.Cmd
	out  string
	peer bool // not devgate: one process, and what it started is killed
}

func start(b *testing.B, root string) *up {
	b.Helper()
	return run(b, root, &up{b: b, cmd: exec.Command(devgate, "up")})
}

func run(b *testing.B, root string, u *up) *up {
	b.Helper()
	u.out = filepath.Join(root, "out")
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

// stop ends devgate as Ctrl-C does. Of a peer, everything is killed: not all of
// them end what they have started.
func (u *up) stop() {
	if u.peer {
		all := proc.Descendants(u.cmd.Process.Pid)
		u.cmd.Process.Kill()
		for _, id := range all {
			if one, err := os.FindProcess(id.PID); err == nil {
				one.Kill()
			}
		}
	}
	u.cmd.Process.Signal(syscall.SIGINT)
	u.cmd.Wait()
}

// processes are the guard and the manager; a peer is one process.
func (u *up) processes() []int {
	if u.peer {
		return []int{u.cmd.Process.Pid}
	}
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

// share sums what both processes occupy, in MB, with memory that they share
// (the program itself) counted once.
func (u *up) share() (mb float64) {
	for _, pid := range u.processes() {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		_, rest, _ := strings.Cut(string(text), "\nPss:")
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
		pause(200 * time.Microsecond)
	}
}

// pause paces what is measured.
func pause(d time.Duration) { <-time.After(d) }

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
