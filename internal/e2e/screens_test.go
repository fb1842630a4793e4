//go:build e2e

package e2e

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var update = flag.Bool("update", false, "write the screens of testdata/screens anew")

// terminal is a shell in a terminal emulator: tmux has both ends of it.
type terminal struct {
	*project
	socket string
}

// newTerminal shows a prompt. It is gone, with all in it, when the test is over.
func (p *project) newTerminal(columns, rows string) *terminal {
	p.t.Helper()
	term := &terminal{p, filepath.Join(p.t.TempDir(), "tmux")}
	p.env = append(p.env, "ENV=", "TERM=screen", "PATH="+filepath.Dir(made.devgate)+":"+os.Getenv("PATH"))
	term.tmux("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", rows, "env", "PS1=$ ", "sh")
	p.t.Cleanup(func() {
		term.tmux("kill-server")
		eventually(p.t, "the terminal stays", func() bool { return len(p.marked()) == 0 })
	})
	term.await(`\A\$\n*\z`)
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-S", term.socket}, args...)...)
	cmd.Dir, cmd.Env = term.dir, term.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// keys presses keys, by tmux's names for them.
func (term *terminal) keys(keys ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, keys...)...)
}

// screen is what can be read on it; lines that the terminal has wrapped are whole.
func (term *terminal) screen() string {
	term.t.Helper()
	var lines []string
	for line := range strings.Lines(term.tmux("capture-pane", "-p", "-J")) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// await waits until the screen matches.
func (term *terminal) await(pattern string) {
	term.t.Helper()
	want, last := regexp.MustCompile(pattern), ""
	term.t.Cleanup(func() {
		if term.t.Failed() && !want.MatchString(last) {
			term.t.Logf("the screen without %s:\n%s", pattern, last)
		}
	})
	eventually(term.t, "no "+pattern+" on the screen", func() bool {
		last = term.screen()
		return want.MatchString(last)
	})
}

// masks hide what differs from run to run, and from shell to shell.
var masks = []struct{ pattern, text string }{
	{`pid \d+`, "pid N"},
	{`dashboard http://localhost:\d+`, "dashboard http://localhost:$$DASHBOARD"},
	{`\d+\.\ds\b`, "T"},
	{`built in [^\s)]+`, "built in T"},
	{`(?m)^(\^Z)?\[1\][ +]+Stopped +devgate up$`, "STOPPED"},
}

// same compares the screen with the one that is kept.
func (term *terminal) same(name string) {
	term.t.Helper()
	got := term.screen()
	for variable, port := range term.ports {
		got = strings.ReplaceAll(got, port, "$"+variable)
	}
	for _, m := range masks {
		got = regexp.MustCompile(m.pattern).ReplaceAllString(got, m.text)
	}
	file := filepath.Join("testdata", "screens", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			term.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		term.t.Fatal(err)
	}
	if got != string(want) {
		term.t.Errorf("the screen is not that of %s; it is\n%s\nwant\n%s", file, got, want)
	}
}

const shop = `
name = "shop"
port = $GATEWAY

[api]
command = "{bin}"
build = "go build -o {bin} ./gorun"
port = $P1
ready = "/tree"
watch = ["gorun/*.go"]

[worker]
command = "sleep 0.5; echo works; exec sleep 1000"
ready = { log = "works" } # so that the order of lines is certain
after = ["api"]
`

// A day at a terminal: up, a crash, a save with a mistake and the one that mends
// it, a restart, Ctrl-Z and fg, another size, Ctrl-C (C6, P5, W8, C1).
func TestASessionInATerminal(t *testing.T) {
	p := newTree(t, "", `"tcp"`)
	p.write("Devgatefile", shop)
	term := p.newTerminal("100", "50")

	term.keys("devgate up", "Enter")
	term.await(`worker \* runs`)
	p.get(t, "/tree", 200, "api=200")
	term.same("up")

	term.clear()
	if err := syscall.Kill(p.pidOf("api"), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	term.await(`api +\* ready in`)
	term.same("crash")

	term.clear()
	p.replace("gorun/main.go", `"first"`, `missing`)
	term.await(`api +\* .*failed`)
	p.get(t, "/tree", 200, "api=200").contains(t, "first")
	term.same("mistake")

	term.clear()
	p.replace("gorun/main.go", `missing`, `"second"`)
	term.await(`api +\* ↻ gorun/main.go changed → build \S+ → ready`)
	p.get(t, "/tree", 200, "api=200").contains(t, "second")
	term.same("mended")

	term.clear()
	p.must("restart", "--wait", "worker")
	term.await(`worker \* runs`)
	term.same("restart")

	term.clear()
	term.keys("C-z")
	term.await(`\[1\].*[Ss]topped.*\n\$`)
	term.keys("fg", "Enter")
	term.await(`\$ fg\n`)
	p.get(t, "/tree", 200, "api=200")
	p.must("restart", "--wait", "worker")
	term.await(`worker \* runs`)
	term.same("continued")

	term.clear()
	term.keys("l")
	term.await(`show only: ▏`)
	term.same("asked")
	term.keys("a", "Enter")
	p.must("restart", "--wait", "worker")
	term.await(`only api \(1 line hidden\)`)
	term.same("only")
	term.keys("l", "Enter")
	p.must("restart", "--wait", "worker")
	term.await(`worker \* runs(.*\n)+.*worker \* runs`)
	term.same("all")

	term.clear()
	term.tmux("resize-window", "-x", "50", "-y", "30")
	p.must("restart", "--wait", "api")
	term.await(`api +\* ready in`)
	term.same("resized")

	term.clear()
	term.keys("C-c")
	term.await(`\n\$\n\z`)
	term.keys("echo exit code $?", "Enter")
	term.await(`\nexit code \d+\n`)
	term.same("ended")
	if on := term.tmux("display-message", "-p", "#{alternate_on}"); on != "0\n" {
		t.Errorf("the alternate screen is on: %q", on)
	}
}

// clear takes away what was looked at, from outside: devgate keeps the terminal.
func (term *terminal) clear() {
	term.t.Helper()
	term.tmux("send-keys", "-R")
	term.tmux("clear-history")
}
