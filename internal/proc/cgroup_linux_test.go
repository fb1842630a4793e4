package proc

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"devgate/internal/testproc"
)

// Where groups may be made, their members are exact and a kill reaches all of
// them; where not, nothing of it is needed. Both are right.
func TestACgroupKnowsAndKillsItsMembers(t *testing.T) {
	n := reaper(t)
	group, err := NewCgroup("test-" + markOf(t))
	if err != nil {
		if group != nil || group.Members() != nil || group.Below("x") != nil || group.Dir() != "" {
			t.Errorf("a group that cannot be made does something: %v", group)
		}
		group.Kill()
		group.Close()
		t.Logf("no control groups here: %v", err)
		return
	}
	below := group.Below("1")
	testproc.Command(t, "middle")
	argv, env := testproc.Command(t, "double")
	cmd := &exec.Cmd{Path: argv[0], Args: argv, Env: env, SysProcAttr: &syscall.SysProcAttr{}}
	below.Take(cmd.SysProcAttr)
	if err := n.Start(cmd); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(below.Members()) == 2 && len(Descendants(cmd.Process.Pid)) == 0 })
	group.Kill()
	n.Wait(cmd)
	eventually(t, func() bool { return len(below.Members()) == 0 })
	below.CloseEmpty()
	group.CloseEmpty()
	if _, err := os.Stat(group.Dir()); !os.IsNotExist(err) {
		t.Errorf("the group is left: %v", err)
	}
}

func TestKillCgroupTouchesOnlyControlGroups(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	KillCgroup(dir)
	KillCgroup("")
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}
