package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/proc"
)

// P6: after 30 s, the process tree and the ports that it does listen on.
func TestASlowServiceIsShownWithItsTreeAndItsPorts(t *testing.T) {
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("family", "2", "-port", fmt.Sprint(ports[0]), "-name", "web")
	cmd.Env = append(os.Environ(), "PIDS="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	bufio.NewReader(out).ReadString('\n') // it listens
	want := regexp.MustCompile(fmt.Sprintf(`^its processes:\n  %d  \S*family 2 .*\n    \d+  \S*family 1 .*\n      \d+  \S*serve .*\nthey listen on: %d$`,
		cmd.Process.Pid, ports[0]))
	if got := inspect(cmd.Process.Pid); !want.MatchString(got) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := inspect(1 << 30); got != "its processes:\nthey listen on no port" {
		t.Errorf("of nobody: %q", got)
	}
}

// P4: a backend that listens elsewhere is told of within 2 s of listening.
func TestAMovedPortIsToldWithinTwoSeconds(t *testing.T) {
	ports, err := freePorts(3)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	text := fmt.Sprintf("port = %d\n[web]\ncommand = \"serve -port %d -name web\"\nport = %d\n", ports[0], ports[1], ports[2])
	if err := os.WriteFile(filepath.Join(root, "Devgatefile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("devgate", "up", "--format", "json")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "PIDS="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Signal(syscall.SIGTERM)
	var listens time.Time
	for lines := json.NewDecoder(out); ; {
		var l control.Line
		if err := lines.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if l.Stream == "stdout" && strings.HasPrefix(l.Text, "web listens on") {
			listens = l.At
		}
		if l.Stream == "devgate" && strings.Contains(l.Text, "not on") {
			if late := l.At.Sub(listens); late > 2*time.Second {
				t.Errorf("told after %v", late)
			}
			return
		}
	}
}

// P1: of what the record of a dead devgate names, only that is ended which was
// there then: another process with the same number, or after another boot, is
// not. The mark finds what is in no record.
func TestOnlyWhatADeadDevgateHasLeftBehindIsEnded(t *testing.T) {
	mark := "mark" + strings.ReplaceAll(t.TempDir(), "/", "-")
	var pids []int
	for _, env := range []string{"X=1", "X=2", "DEVGATE_RUN=" + mark + ".7"} {
		cmd := exec.Command("load", "normal", "bystander")
		cmd.Env = append(os.Environ(), env)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait()
		defer cmd.Process.Kill()
		pids = append(pids, cmd.Process.Pid)
	}
	self := func(pid int) proc.ID {
		var id proc.ID
		if !eventually(func() (ok bool) { id, ok = proc.Identify(pid); return ok }) {
			t.Fatal("it does not run")
		}
		return id
	}
	known, reused := self(pids[0]), self(pids[1])
	reused.Start++
	marked := self(pids[2])
	record := leftovers{Boot: proc.Boot(), Mark: mark, Processes: []proc.ID{known, reused}}
	eventually(func() bool { return len(record.living()) == 2 }) // the third may not have its environment yet
	if got := record.living(); !slices.Equal(got, []proc.ID{known, marked}) {
		t.Errorf("would end %v, want %v and %v", got, known, marked)
	}
	record.Boot = "another"
	if got := record.living(); !slices.Equal(got, []proc.ID{marked}) {
		t.Errorf("after another boot it would end %v, want %v", got, marked)
	}
}
