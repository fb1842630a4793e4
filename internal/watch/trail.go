package watch

import (
	"os"
	"path/filepath"
	"slices"
)

// maxLinks is how many symbolic links the system follows on one way.
const maxLinks = 40

// trail returns the paths at which something can change what the file at path
// holds: the file, every symbolic link on the way, and where the last one leads
// to. Links in a folder above root, or above that of a file outside of root, are
// taken for the place where the project is, and those in the root of the file
// system for a part of the system: they are followed and not among the steps.
func trail(root, path string) []string {
	steps := []string{path}
	place := root
	if _, inside := below(root, path); !inside {
		place = filepath.Dir(path)
	}
	for range maxLinks {
		link, rest := firstLink(path, place)
		if link == "" {
			break
		}
		if !slices.Contains(steps, link) {
			steps = append(steps, link)
		}
		to, err := os.Readlink(link)
		if err != nil {
			break
		}
		path = filepath.Join(anchor(filepath.Dir(link), to), rest)
	}
	if !slices.Contains(steps, path) {
		steps = append(steps, path)
	}
	return steps
}

// firstLink returns the first symbolic link on the way to path that is a step,
// and what follows it; "": there is none.
func firstLink(path, place string) (link, rest string) {
	for _, dir := range append(ancestors(path), path) {
		if _, above := below(dir, place); above || filepath.Dir(dir) == filepath.Dir(filepath.Dir(dir)) {
			continue
		}
		if info, err := os.Lstat(dir); err == nil && info.Mode()&os.ModeSymlink != 0 {
			rest, _ := below(dir, path)
			return dir, rest
		}
	}
	return "", ""
}

// ancestors returns the folders above path, the outermost first.
func ancestors(path string) []string {
	var dirs []string
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == filepath.Dir(dir) {
			break
		}
	}
	slices.Reverse(dirs)
	return dirs
}

// trails are the ways to the files that targets name.
type trails struct {
	root  string
	to    map[string][]string // the steps to a file
	steps map[string][]string // the files that a step is on the way to
	ways  map[string]bool     // the folders above all steps
}

// newTrails returns those of no file.
func newTrails(root string) *trails {
	return &trails{root: root, to: map[string][]string{}, steps: map[string][]string{}, ways: map[string]bool{}}
}

// add follows the way to a file.
func (t *trails) add(path string) {
	if t.to[path] != nil {
		return
	}
	t.to[path] = trail(t.root, path)
	for _, step := range t.to[path] {
		t.steps[step] = append(t.steps[step], path)
		for _, dir := range ancestors(step) {
			t.ways[dir] = true
		}
	}
}

// strayed reports whether a way is another one by now.
func (t *trails) strayed() bool {
	for path, steps := range t.to {
		if !slices.Equal(steps, trail(t.root, path)) {
			return true
		}
	}
	return false
}

// touched returns when one of the steps to a file was last replaced; 0 for a
// path that no target names.
func (t *trails) touched(path string) (at int64) {
	for _, step := range t.to[path] {
		at = max(at, stampsOf(step).changed)
	}
	return at
}

// anchor makes path absolute, seen from dir.
func anchor(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
