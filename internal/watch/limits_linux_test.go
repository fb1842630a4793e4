package watch

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// atoi reads a number from a file.
func atoi(t *testing.T, path string) int {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(src)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRealLimits keeps W6 in a user namespace whose limits are low. Where none
// may be made, TestLimit alone has to show it.
func TestRealLimits(t *testing.T) {
	t.Parallel()
	for limit, line := range map[string]string{
		"max_inotify_watches":   "fs.inotify.max_user_watches",
		"max_inotify_instances": "fs.inotify.max_user_instances",
	} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], "-test.run=^TestInNamespace$", "-test.v")
			cmd.Env = append(os.Environ(), "DEVGATE_TEST_LIMIT="+limit, "DEVGATE_TEST_LINE="+line)
			cmd.SysProcAttr = &syscall.SysProcAttr{
				Cloneflags:  syscall.CLONE_NEWUSER,
				UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
			}
			out, err := cmd.CombinedOutput()
			switch {
			case cmd.ProcessState == nil:
				t.Logf("no user namespace here: %v", err)
			case err != nil || !strings.Contains(string(out), "--- PASS: TestInNamespace"):
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestInNamespace is what TestRealLimits runs there; elsewhere it does nothing.
func TestInNamespace(t *testing.T) {
	limit := os.Getenv("DEVGATE_TEST_LIMIT")
	if limit == "" {
		return
	}
	most := map[string]string{"max_inotify_watches": "2", "max_inotify_instances": "0"}[limit]
	if err := os.WriteFile("/proc/sys/user/"+limit, []byte(most), 0o644); err != nil {
		t.Logf("the limit cannot be set here: %v", err)
		return
	}
	r := newRig(t, "**/*.go")
	for _, name := range []string{"a/f.go", "b/f.go", "c/f.go"} {
		r.write(name, "1")
	}
	r.start()
	if got := r.line(); !strings.Contains(got, os.Getenv("DEVGATE_TEST_LINE")) || !strings.Contains(got, "polled every 500ms") {
		t.Errorf("line %q", got)
	}
	for _, name := range []string{"a/f.go", "c/f.go", "c/new/deep/f.go"} {
		r.write(name, "2")
		r.expect(name)
	}
	r.quiet()
	if len(r.lines) > 0 {
		t.Errorf("a second line: %q", r.line())
	}
}

// TestQueueOverflow keeps W4 with the real thing: more events than the system's
// queue holds, while nobody takes them.
func TestQueueOverflow(t *testing.T) {
	t.Parallel()
	u := newUpdating(t)
	most := atoi(t, "/proc/sys/fs/inotify/max_queued_events")
	<-u.gate
	a, b := u.open("api/f.go", os.O_WRONLY|os.O_APPEND), u.open("shared/f.go", os.O_WRONLY|os.O_APPEND)
	defer a.Close()
	defer b.Close()
	for range most/2 + 5000 {
		u.print(a)
		u.print(b)
	}
	u.remove("api/gone.go")
	u.write("api/new/deep/f.go", "1")
	u.move("api/dir", "api/was")
	u.gate <- true
	u.expectAll([]string{"api/f.go", "shared/f.go", "api/gone.go", "api/new/deep/f.go", "api/dir/deep/f.go", "api/was/deep/f.go"})
	if len(u.walks) == 0 {
		t.Error("the queue did not overflow: the test shows nothing")
	}
	for _, name := range []string{"api/new/deep/f.go", "api/was/deep/f.go", "api/f.go"} {
		u.write(name, "3")
		u.expect(name)
	}
}
