package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"devgate/internal/shared"
)

// Folder is the one thing that devgate writes in a project.
const Folder = ".devgate"

// Record says which devgate runs a project.
// The record is for people and clients; that a devgate runs at all is only said by the
// lock.
type Record struct {
	PID     int       `json:"pid"`
	URL     string    `json:"url"` // "" until the gateway listens
	Socket  string    `json:"socket"`
	Started time.Time `json:"started"`

	Protocol int    `json:"protocol"` // that it speaks, see Version; 0 before there were numbers
	Devgate  string `json:"devgate"`  // which release it is, for people
}

// HeldError tells that another devgate runs this project.
type HeldError struct{ Record Record }

// Error names the other's process.
func (e *HeldError) Error() string { return fmt.Sprintf("already running (pid %d)", e.Record.PID) }

// Lock is held by the devgate that runs a project.
type Lock struct {
	dir  string
	file *os.File
}

// Acquire makes root/.devgate and takes its lock. When another devgate holds
// it, the error is a *HeldError.
func Acquire(root string) (*Lock, error) {
	dir, err := MakeFolder(root)
	if err != nil {
		return nil, err
	}
	// The file is never removed: two that lock different files of one name would both
	// win.
	file, err := openLockable(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	switch err := lockFile(file, holderPatience); {
	case err == nil:
		return &Lock{dir: dir, file: file}, nil
	case errors.Is(err, errLocked):
		file.Close()
		// It may be missing: the holder writes it a moment after it has taken the lock.
		record, _ := readRecord(dir)
		return nil, &HeldError{record}
	default:
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
}

// holderPatience is how long the lock of a project is tried for: Holder takes it for the
// time of two system calls to see whether it is free.
const holderPatience = 50 * time.Millisecond

// lockFile takes the lock of a file, and tries for a while.
func lockFile(file *os.File, patience time.Duration) (err error) {
	for end := time.Now().Add(patience); ; {
		if err = tryLock(file, false); !errors.Is(err, errLocked) || time.Now().After(end) {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// isLocked reports whether somebody has the lock of a file. It takes a shared one, so that
// two who look do not see each other; closing the file drops it again.
func isLocked(file *os.File) bool {
	return tryLock(file, true) != nil
}

// MakeFolder makes a project's Folder with a .gitignore of its own, so that nothing of
// it is ever committed, and returns its path.
func MakeFolder(root string) (dir string, err error) {
	dir = filepath.Join(root, Folder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make %s: %w", dir, err)
	}
	ignore := filepath.Join(dir, ".gitignore")
	// Whoever has changed it had a reason.
	if _, err := os.Stat(ignore); err == nil {
		return dir, nil
	}
	if err := os.WriteFile(ignore, []byte("*\n"), 0o644); err != nil {
		return "", fmt.Errorf("write %s: %w", ignore, err)
	}
	return dir, nil
}

// Write replaces the record, whole or not at all. It adds the protocol.
func (l *Lock) Write(r Record) error {
	r.Protocol = Version
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write run record: %w", err)
	}
	path := filepath.Join(l.dir, "run.json")
	// Written beside and renamed, so that a reader never finds half of it.
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write run record: %w", err)
	}
	if err := shared.Rename(path+".new", path); err != nil {
		return fmt.Errorf("write run record: %w", err)
	}
	return nil
}

// Release removes the record and drops the lock.
func (l *Lock) Release() error {
	// The record first: without the lock another devgate may write its own.
	shared.Remove(filepath.Join(l.dir, "run.json"))
	return l.file.Close()
}

// Holder is the record of the devgate that runs the project at root, and false
// when none does.
func Holder(root string) (Record, bool) {
	dir := filepath.Join(root, Folder)
	file, err := shared.Open(filepath.Join(dir, "lock"))
	if err != nil {
		return Record{}, false
	}
	defer file.Close()
	if !isLocked(file) {
		return Record{}, false
	}
	record, err := readRecord(dir)
	// Locked and without a record: it is just beginning. One that cannot be read is none.
	return record, err == nil || errors.Is(err, os.ErrNotExist)
}

// Running finds the project that a devgate runs in dir, or else in the nearest
// folder above it: its lock is the evidence, whether there is a Devgatefile or not.
func Running(dir string) (root string, found bool) {
	for {
		if _, running := Holder(dir); running {
			return dir, true
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", false
		}
		dir = above
	}
}

func readRecord(dir string) (r Record, err error) {
	text, err := shared.ReadFile(filepath.Join(dir, "run.json"))
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(text, &r)
}
