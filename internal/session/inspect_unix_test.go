//go:build unix

package session

import (
	"fmt"
	"os/exec"
	"regexp"
	"syscall"
	"testing"

	"devgate/internal/testproc"
)

// P6: after 30 s, the process tree and the ports that it does listen on.
func TestASlowServiceIsShownWithItsTreeAndItsPorts(t *testing.T) {
	argv, env := testproc.Command(t, "family", "family", "2")
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = env
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
	var port int
	if _, err := fmt.Fscan(out, &port); err != nil { // it listens
		t.Fatal(err)
	}
	want := regexp.MustCompile(fmt.Sprintf(`^its processes:\n  %d  \S* family 2\n    \d+  \S* family 1\n      \d+  \S* family 0\nthey listen on: %d$`,
		cmd.Process.Pid, port))
	if got := inspect(t.Context(), cmd.Process.Pid); !want.MatchString(got) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := inspect(t.Context(), 1<<30); got != "its processes:\nthey listen on no port" {
		t.Errorf("of nobody: %q", got)
	}
}
