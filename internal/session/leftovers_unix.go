//go:build unix

package session

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"devgate/internal/control"
	"devgate/internal/proc"
)

// leftovers is the record of a session's processes. When both processes of a
// devgate are killed at once, nobody is there to end what they started; the
// next one finds it here, and by its mark.
type leftovers struct {
	Boot      string    `json:"boot"`
	Mark      string    `json:"mark"`
	Group     string    `json:"group,omitempty"` // the control group of all, where there is one
	Processes []proc.ID `json:"processes"`
}

// The record is at most recordPause old, and longestRecordPause where nothing
// has changed for a while: an idle devgate should cost nothing. What is started,
// leaves its parents and empties its environment in less time is in no record.
const (
	firstRecordPause   = 50 * time.Millisecond // a look takes time that the first starts need
	recordPause        = 500 * time.Millisecond
	longestRecordPause = 4 * time.Second
)

// endLimit bounds how long leftovers are hunted for.
const endLimit = 5 * time.Second

func leftoversPath(root string) string {
	return filepath.Join(root, control.Folder, "processes.json")
}

// keep keeps the record at path true until ctx ends. It writes only changes.
func (l leftovers) keep(ctx context.Context, path string) error {
	l.write(path) // the mark; nobody is there yet
	for pause := firstRecordPause; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
			pause = min(pause+pause/2, longestRecordPause)
		}
		// A copy is not needed: Descendants makes a new list each time.
		if now := proc.Descendants(os.Getpid()); !slices.Equal(now, l.Processes) {
			l.Processes, pause = now, recordPause
			l.write(path)
		}
	}
}

// write replaces the record. It is a net below the net: where it cannot be
// written, the mark and the kernel's own signals remain.
func (l leftovers) write(path string) {
	if text, err := json.Marshal(l); err == nil && os.WriteFile(path+".new", text, 0o600) == nil {
		os.Rename(path+".new", path)
	}
}

// EndLeftovers kills what an earlier devgate of this project has left behind,
// and only that: the same number, start time and boot, or the same mark. The
// caller holds the lock, so that devgate is dead. It returns how many there were.
// Most starts find no record, which costs one look.
func EndLeftovers(root string) (ended int) {
	var record leftovers
	text, err := os.ReadFile(leftoversPath(root))
	if err != nil || json.Unmarshal(text, &record) != nil || record.Mark == "" {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), endLimit)
	defer cancel()
	defer os.Remove(leftoversPath(root))
	// The list is made anew in each round, as what is killed may have started more.
	ended = proc.KillAll(ctx, func() []proc.ID { return record.living() })
	// After a boot the numbers and the groups mean other processes.
	if record.Boot == proc.Boot() {
		proc.KillCgroup(record.Group)
	}
	return ended
}

// living are the processes of the record that still run, what descends from
// them, and what carries the mark.
func (l leftovers) living() []proc.ID {
	var all []proc.ID
	if l.Boot == proc.Boot() {
		for _, id := range l.Processes {
			if id.Alive() {
				all = append(append(all, id), proc.Descendants(id.PID)...)
			}
		}
	}
	for _, id := range proc.Marked(proc.MarkVariable, l.Mark) {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

func (s *session) recordProcesses(ctx context.Context) error {
	record := leftovers{Boot: proc.Boot(), Mark: s.mark, Group: s.exec.Group()}
	return record.keep(ctx, leftoversPath(s.options.Project.Root))
}

// forgetProcesses removes the record: nobody of it is left.
func forgetProcesses(root string) { os.Remove(leftoversPath(root)) }
