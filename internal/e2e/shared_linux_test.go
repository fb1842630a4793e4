//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSharedFolder keeps W6 on a real FUSE file system: what somebody else
// writes there gives no event, and restarts the service even so. A line says
// why the folder is polled.
func TestSharedFolder(t *testing.T) {
	p := emptyProject(t)
	behind, _ := share(t, p.path("src"))
	if behind == "" {
		return
	}
	write := func(text string) {
		if err := os.WriteFile(behind+"/main.go", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("package one\n")
	p.write("Devgatefile", "port = $GATEWAY\n[api]\ncommand = \"echo started >>starts; exec sleep 1000\"\nwatch = [\"src/**/*.go\"]\n")
	g := p.up()
	g.out.await(t, `src is polled every 500ms: it is on fuse, which does not tell of changes that others make$`)
	g.eventuallyStarts(1)
	write("package two\n")
	g.eventuallyStarts(2)
	write("package two, touched in size\n")
	g.eventuallyStarts(3)
	p.write("src/main.go", "package here\n")
	g.eventuallyStarts(4)
	g.down()
}

// share mounts a FUSE file system on a folder, and returns the folder behind it
// and the process that serves it; "" where nothing can be mounted, so that nothing
// is shown.
func share(t *testing.T, at string) (behind string, server *os.Process) {
	t.Helper()
	behind = t.TempDir()
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bindfs", "-f", "--no-allow-other", behind, at)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill() // whoever hangs in a call to it is told
		<-ended
		exec.Command("umount", "-l", at).Run()
	})
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			ended <- err
			t.Logf("nothing can be mounted here, so that nothing is shown: %v", err)
			return "", nil
		case <-time.After(10 * time.Millisecond):
		}
		if isMounted(t, at) {
			return behind, cmd.Process
		}
	}
	t.Fatal("nothing is mounted in time")
	return "", nil
}

// isMounted asks the system, not the file system: that might not answer.
func isMounted(t *testing.T, at string) bool {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(mounts), " "+at+" ")
}

// TestFolderThatDoesNotAnswer keeps F3 on a real file system whose server has
// stopped: what is in it is told of, and nobody hangs.
func TestFolderThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	p := emptyProject(t)
	behind, server := share(t, p.path("net"))
	if behind == "" {
		return
	}
	if err := os.WriteFile(behind+"/api.env", []byte("A=1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.write("Devgatefile", "port = $GATEWAY\n[api]\ncommand = \"exec sleep 1000\"\nenv_file = \"net/api.env\"\n")
	p.must("check")
	if err := server.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check"}, {"up"}} {
		_, text, code := p.do(args...)
		if want := "env file net/api.env cannot be read: no answer from its file system\n"; code != 2 || !strings.Contains(text, want) {
			t.Errorf("devgate %s: exit %d: %s", args[0], code, text)
		}
	}
	p.write("net.toml", "port = $GATEWAY\n[api]\ncommand = \"exec sleep 1000\"\ndir = \"net/src\"\n")
	if _, text, code := p.do("check", "-f", "net.toml"); code != 2 || !strings.Contains(text, "folder net/src cannot be read: no answer from its file system\n") {
		t.Errorf("a folder there: exit %d: %s", code, text)
	}
	if err := server.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	p.must("check")
}
