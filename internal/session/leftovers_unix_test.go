//go:build unix

package session

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"devgate/internal/proc"
	"devgate/internal/testproc"
)

// P1: of what the record of a dead devgate names, only that is ended which was
// there then: another process with the same number, or after another boot, is
// not. The mark finds what is in no record.
func TestOnlyWhatADeadDevgateHasLeftBehindIsEnded(t *testing.T) {
	mark := "mark" + strings.ReplaceAll(t.TempDir(), "/", "-")
	var pids []int
	for _, variable := range []string{"X=1", "X=2", "DEVGATE_RUN=" + mark + ".7"} {
		argv, env := testproc.Command(t, "bystander")
		cmd := exec.Command(argv[0])
		cmd.Env = append(env, variable)
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

// eventually polls: what it waits for are other processes.
func eventually(holds func() bool) bool {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			return false
		}
	}
	return true
}
