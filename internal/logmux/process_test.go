package logmux

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// childEnv makes the test binary play one of the children below.
const childEnv = "LOGMUX_TEST_CHILD"

func TestMain(m *testing.M) {
	if name := os.Getenv(childEnv); name != "" {
		os.Exit(children()[name]())
	}
	os.Exit(m.Run())
}

// children are programs, by name, that return an exit code.
func children() map[string]func() int {
	return map[string]func() int{
		"crash":  childCrash,
		"huge":   childHuge,
		"prompt": childPrompt,
		"chatty": childChatty,
	}
}

// childCrash writes 20,000 lines and a last word without a line end.
func childCrash() int {
	w := bufio.NewWriter(os.Stdout)
	for i := range 20_000 {
		fmt.Fprintf(w, "line %d\n", i)
	}
	w.WriteString("panic: last words")
	w.Flush()
	return 3
}

// childHuge writes 10 MB without a line end.
func childHuge() int {
	block := strings.Repeat("0123456789abcdef", 1000)
	for range 10_000_000 / len(block) {
		os.Stdout.WriteString(block)
	}
	return 0
}

// childPrompt asks and waits for an answer.
func childPrompt() int {
	os.Stdout.WriteString("Password: ")
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	os.Stdout.WriteString("\ngot " + answer)
	return 0
}

// childChatty writes lines to both of its streams, one write each.
func childChatty() int {
	for i := range 3000 {
		fmt.Fprintf(os.Stdout, "%s out %d\n", os.Args[1], i)
		fmt.Fprintf(os.Stderr, "%s err %d\n", os.Args[1], i)
	}
	return 0
}

// A child is a process whose output goes to a Printer.
type child struct {
	*exec.Cmd
	streams []io.Closer
}

func newChild(p *Printer, service, name string) *child {
	c := &child{Cmd: exec.Command(os.Args[0], service)}
	c.Env = append(os.Environ(), childEnv+"="+name)
	stdout, stderr := p.Stream(service, Stdout), p.Stream(service, Stderr)
	c.Stdout, c.Stderr = stdout, stderr
	c.streams = []io.Closer{stdout, stderr}
	return c
}

// run runs the child to its end and returns its exit code, or -1.
func (c *child) run() int {
	err := c.Run()
	for _, s := range c.streams {
		s.Close()
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// P8: the last output of a crashing process is whole, and before what devgate says.
func TestCrashingProcessLosesNothing(t *testing.T) {
	dir := t.TempDir()
	out := printed(t, Config{Dir: dir}, func(p *Printer) {
		code := newChild(p, "api", "crash").run()
		p.Devgate("api", fmt.Sprintf("exited %d", code))
		wantEqual(t, texts(p.Tail("api", 2)), "line 19999\npanic: last words\n")
	})
	var want, raw strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&want, "api | line %d\n", i)
		fmt.Fprintf(&raw, "line %d\n", i)
	}
	want.WriteString("api | panic: last words\napi * exited 3\n")
	raw.WriteString("panic: last words")
	if rest, ok := strings.CutPrefix(out, want.String()); !ok || rest != "" {
		t.Errorf("%d bytes, want %d; the end is %q", len(out), want.Len(), out[max(0, len(out)-100):])
	}
	if got := readFile(t, filepath.Join(dir, "api.log")); got != raw.String() {
		t.Errorf("the raw file has %d bytes, want %d", len(got), raw.Len())
	}
}

// A counter is an output that keeps nothing but the length of the text.
type counter struct{ text, pieces, longest int }

func (c *counter) Write(b []byte) (int, error) {
	for line := range strings.Lines(string(b)) {
		text := strings.TrimSuffix(line[len("api | "):], "\n")
		c.text += len(text)
		c.pieces++
		c.longest = max(c.longest, len(text))
	}
	return len(b), nil
}

// P8: 10 MB without a newline are shown in pieces, and cost little memory.
func TestHugeLineOfAProcess(t *testing.T) {
	out := &counter{}
	p := New(Config{Out: out})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	newChild(p, "api", "huge").run()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if out.text != 10_000_000 || out.longest > maxPiece {
		t.Errorf("%d bytes of text in pieces of up to %d", out.text, out.longest)
	}
	if fewest := 10_000_000/maxPiece + 1; out.pieces < fewest {
		t.Errorf("%d pieces, want %d or more", out.pieces, fewest)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("%d bytes more in use", grown)
	}
}

// P8: a prompt of a real process shows while the process waits for the answer.
func TestPromptOfAProcess(t *testing.T) {
	out := &recorder{}
	p := New(Config{Out: out})
	c := newChild(p, "api", "prompt")
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan int)
	go func() { ended <- c.run() }()
	eventually(t, "the prompt shows", func() bool { return out.String() == "api | Password: \n" })
	feed(t, stdin, "secret\n")
	if code := <-ended; code != 0 {
		t.Errorf("exit code %d", code)
	}
	p.Close()
	wantEqual(t, out.String(), "api | Password: \napi | got secret\n")
}

// P8 with real pipes: four processes, eight streams, every line whole and in order.
func TestManyProcessesAtOnce(t *testing.T) {
	names := []string{"a", "b", "c", "d"}
	out := printed(t, Config{}, func(p *Printer) {
		var all sync.WaitGroup
		for _, name := range names {
			all.Go(func() {
				if code := newChild(p, name, "chatty").run(); code != 0 {
					t.Errorf("%s: exit code %d", name, code)
				}
			})
		}
		all.Wait()
	})
	next := map[string]int{}
	for line := range strings.Lines(out) {
		var label, mark, name, stream string
		var n int
		if _, err := fmt.Sscanf(line, "%s %s %s %s %d\n", &label, &mark, &name, &stream, &n); err != nil ||
			label != name || mark != "|" || n != next[name+stream] {
			t.Fatalf("line %q, want number %d", line, next[name+stream])
		}
		next[name+stream]++
	}
	for _, name := range names {
		if next[name+"out"] != 3000 || next[name+"err"] != 3000 {
			t.Errorf("%s: %d and %d lines, want 3000", name, next[name+"out"], next[name+"err"])
		}
	}
}
