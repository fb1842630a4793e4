package project

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"devgate/internal/port"
	"devgate/internal/proposal"
	"devgate/internal/spelling"
	"devgate/procfile"
)

// unwritten stands for the path of a file that is only in memory: it is what people
// can do to have one.
const unwritten = "the Devgatefile that devgate init writes"

// find reads the file that the options name, or the first that there is: a
// Devgatefile or a Procfile.dev, here or further up; what would be written for this
// folder; a Procfile, which may be for production alone.
func find(ctx context.Context, o Options) (*Project, error) {
	if o.File != "" {
		return read(ctx, o, o.File)
	}
	path, err := procfile.Find(o.Dir)
	switch {
	case err == nil && filepath.Base(path) != "Procfile":
		return read(ctx, o, path)
	case err != nil && !errors.Is(err, procfile.ErrNotFound):
		return nil, err
	}
	made, notMade := propose(ctx, o.Dir)
	switch {
	case notMade == nil && !(made.Made.Procfile && path != ""):
		return made, nil
	case path != "": // as its author has written it
		return read(ctx, o, path)
	case errors.Is(notMade, proposal.ErrNothing):
		return nil, err
	}
	return nil, notMade
}

// read reads a file of the disk.
func read(ctx context.Context, o Options, path string) (*Project, error) {
	file, err := procfile.Read(ctx, path)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find project folder: %w", err)
	}
	abs = spelling.Of(abs) // so that two who name one folder mean one project
	return &Project{File: file, Path: shownPath(o.Dir, abs), Root: filepath.Dir(abs), Inputs: []string{abs}}, nil
}

// propose makes the file of a folder in memory, with ports of devgate's choosing
// where they can move. A Devgatefile that is written meanwhile takes its place.
func propose(ctx context.Context, dir string) (*Project, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find project folder: %w", err)
	}
	root = spelling.Of(root)
	made, err := proposal.Make(ctx, root, proposal.Options{Auto: true, Reserved: port.Reserved})
	if err != nil {
		return nil, err
	}
	file, err := procfile.Parse(unwritten, made.Text)
	if err != nil {
		return nil, fmt.Errorf("devgate has made a Devgatefile that it does not understand itself: %w", err)
	}
	return &Project{File: file, Path: unwritten, Root: root, Made: made, Inputs: []string{filepath.Join(root, "Devgatefile")}}, nil
}
