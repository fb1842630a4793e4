package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Cgroup is a control group (cgroups(7), version 2) below this process's own.
// What is started in it stays in it, whatever it forks, renames or forgets, so
// its members are exact. A nil Cgroup has none, and takes nobody in.
type Cgroup struct {
	dir  string
	open *os.File // the folder
}

// cgroupPrefix begins the name of every group made here, so that no other is
// ever killed by mistake.
const cgroupPrefix = "devgate-"

// NewCgroup makes a control group, devgate-NAME. It is an error where the system has none,
// or gives this user no right to make any, as most containers do.
func NewCgroup(name string) (*Cgroup, error) {
	dir, err := ownCgroup()
	if err != nil {
		return nil, err
	}
	return makeCgroup(filepath.Join(dir, cgroupPrefix+name))
}

// ownCgroup is the folder of this process's own group: where the file system is
// mounted (proc_pid_mountinfo(5)), and its path there (proc_pid_cgroup(5), the
// line of hierarchy 0).
func ownCgroup() (string, error) {
	groups := string(read("self/cgroup"))
	for line := range strings.Lines(string(read("self/mountinfo"))) {
		if f := strings.Fields(line); len(f) > 4 && strings.Contains(line, " - cgroup2 ") {
			for group := range strings.Lines(groups) {
				if path, ok := strings.CutPrefix(strings.TrimSpace(group), "0::"); ok {
					return filepath.Join(f[4], path), nil
				}
			}
		}
	}
	return "", errors.New("find control groups: there are none of version 2")
}

func makeCgroup(dir string) (*Cgroup, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make control group: %w", err)
	}
	open, err := os.Open(dir)
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "cgroup.kill")) // Linux 5.14
	}
	if err != nil {
		os.Remove(dir)
		return nil, fmt.Errorf("open control group: %w", err)
	}
	return &Cgroup{dir: dir, open: open}, nil
}

// Below makes a group inside of this one; nil where that cannot be.
func (g *Cgroup) Below(name string) *Cgroup {
	if g == nil {
		return nil
	}
	below, err := makeCgroup(filepath.Join(g.dir, name))
	if err != nil {
		return nil
	}
	return below
}

// Take lets a command start inside the group.
func (g *Cgroup) Take(a *syscall.SysProcAttr) {
	if g != nil {
		a.UseCgroupFD, a.CgroupFD = true, int(g.open.Fd())
	}
}

// Members are the living processes of the group itself.
func (g *Cgroup) Members() []ID {
	if g == nil {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(g.dir, "cgroup.procs"))
	if err != nil {
		return nil
	}
	var all []ID
	for word := range strings.FieldsSeq(string(raw)) {
		if pid, err := strconv.Atoi(word); err == nil {
			if id, alive := Identify(pid); alive {
				all = append(all, id)
			}
		}
	}
	return all
}

// Kill kills every process of the group and of those inside of it, at once.
func (g *Cgroup) Kill() {
	if g != nil {
		os.WriteFile(filepath.Join(g.dir, "cgroup.kill"), []byte("1"), 0)
	}
}

// CloseEmpty waits a moment for the group to be empty, as the dead are members
// until somebody has reaped them, and removes it.
func (g *Cgroup) CloseEmpty() {
	if g == nil {
		return
	}
	for range 50 {
		g.Close()
		if _, err := os.Stat(g.dir); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Close removes the group and those inside of it, unless somebody is in it.
func (g *Cgroup) Close() {
	if g == nil {
		return
	}
	g.open.Close()
	inside, _ := filepath.Glob(filepath.Join(g.dir, "*", "cgroup.procs"))
	for _, procs := range inside {
		os.Remove(filepath.Dir(procs))
	}
	os.Remove(g.dir)
}

// Dir names the group for KillCgroup in another process; "" for nil.
func (g *Cgroup) Dir() string {
	if g == nil {
		return ""
	}
	return g.dir
}

// KillCgroup kills what is left in a group that a dead process has made, and
// removes it. A folder that is no control group is left alone.
func KillCgroup(dir string) {
	if _, err := os.Stat(filepath.Join(dir, "cgroup.kill")); err != nil || !strings.HasPrefix(filepath.Base(dir), cgroupPrefix) {
		return
	}
	open, err := os.Open(dir)
	if err != nil {
		return
	}
	g := &Cgroup{dir: dir, open: open}
	g.Kill()
	g.CloseEmpty()
}
