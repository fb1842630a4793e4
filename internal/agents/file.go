package agents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"devgate/internal/input"
	"devgate/internal/shared"
)

// Name is the file's name, which coding agents look for.
const Name = "AGENTS.md"

// Change is what Write has done.
type Change int

// The changes.
const (
	None    Change = iota // the block is as it should be
	Made                  // there was no file
	Added                 // the file had no block
	Updated               // the file had another one
)

// Write brings the block in the AGENTS.md of a folder up to date, and makes the file
// if there is none. The error names the file.
func Write(ctx context.Context, dir string) (Change, error) {
	path := filepath.Join(dir, Name)
	old, err := input.Read(ctx, path)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return None, err
	}
	merged, err := Merge(old)
	if err != nil {
		return None, fmt.Errorf("%s: %w", path, err)
	}
	switch {
	case bytes.Equal(old, merged):
		return None, nil
	case missing:
		return Made, replace(path, merged, 0o644)
	}
	info, err := os.Stat(path)
	if err != nil {
		return None, err
	}
	change := Added
	if _, to, _ := find(old); to > 0 {
		change = Updated
	}
	return change, replace(path, merged, info.Mode().Perm())
}

// replace writes a file beside path and renames it: a full disk leaves the old one as
// it was. Of a link it is the file that it leads to.
func replace(path string, content []byte, mode fs.FileMode) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+Name+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Chmod(mode), file.Close())
	if err == nil {
		err = shared.Rename(file.Name(), path)
	}
	if err != nil {
		shared.Remove(file.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
