package procfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"devgate/internal/input"
)

// ErrNotFound is what [Find] returns when there is no file of any known name.
var ErrNotFound = errors.New("no Devgatefile, Procfile.dev or Procfile found")

// Find looks for a Devgatefile in dir and the folders above it, then in the same
// way for Procfile.dev, which is written for development, and then for Procfile,
// which may be for production alone. The path is absolute. It returns ErrNotFound
// when there is none, and an [ErrorList] when a folder does not answer.
func Find(dir string) (path string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find Devgatefile: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), input.Patience)
	defer cancel()
	folder := ""
	for _, name := range []string{"Devgatefile", "Procfile.dev", "Procfile"} {
		file, other, err := above(ctx, dir, name)
		if file != "" || err != nil {
			return file, err
		}
		folder = cmp.Or(folder, other)
	}
	if folder != "" {
		return folder, nil // Read says what is wrong with it
	}
	return "", ErrNotFound
}

// above looks for a file of a name in a folder and those above it, and for the
// first folder of that name, in case that there is no file.
func above(ctx context.Context, dir, name string) (file, folder string, _ error) {
	for {
		path := filepath.Join(dir, name)
		info, err := input.Stat(ctx, path)
		switch {
		case errors.Is(err, input.ErrSilent):
			return "", "", ErrorList{readError(shortPath(path), err)}
		case err == nil && !info.IsDir():
			return path, "", nil
		case err == nil && folder == "":
			folder = path
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", folder, nil
		}
		dir = parent
	}
}

// Read reads and parses a file. It ends with ctx, and waits no longer than
// [input.Patience] for what does not come. Messages name the file as seen from the
// working directory. The error is an [ErrorList]; errors.Is finds fs.ErrNotExist,
// fs.ErrPermission and those of package input in it.
func Read(ctx context.Context, path string) (*File, error) {
	name := shortPath(path)
	src, err := input.Read(ctx, path)
	if err != nil {
		return nil, ErrorList{readError(name, err)}
	}
	f, err := Parse(name, src)
	if f != nil {
		f.Path = path
	}
	return f, err
}

// readError words what the system says about a file.
func readError(name string, err error) *Error {
	e := &Error{File: name, Err: err}
	var found *input.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Msg, e.Hint = "there is no such file", "name a Devgatefile or a Procfile that exists"
	case errors.Is(err, fs.ErrPermission):
		e.Msg, e.Hint = "no permission to read this file", "look at its rights: ls -l "+name
	case errors.As(err, &found):
		e.Msg, e.Hint = found.Msg, found.Hint
	default:
		e.Msg = "read: " + err.Error()
		var pe *fs.PathError
		if errors.As(err, &pe) {
			e.Msg = "read: " + pe.Err.Error()
		}
	}
	return e
}

// shortPath returns the shorter of a path and the same as seen from the working
// directory, so that messages are short and can be clicked.
func shortPath(path string) string {
	wd, err := os.Getwd()
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
