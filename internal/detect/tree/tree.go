package tree

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
)

// The bounds.
const (
	MaxDepth   = 3    // of the folders that are listed; those of a workspace may lie deeper
	MaxFolders = 2000 // that are listed
	MaxNames   = 5000 // that are looked at in one folder
)

// Tree is what a folder holds. Its paths are relative to the folder and have
// slashes; the folder itself is ".".
type Tree struct {
	fsys    fs.FS
	listed  map[string]listing
	folders []string // listed by Read, breadth first
	passed  []string // folders of examples that were not entered

	texts  map[string]string
	unread map[string]bool // the keys of texts that are no texts
	bytes  int             // that may still be read
	files  int             // that may still be opened
	faults []Fault
}

// listing is one folder's content, sorted.
type listing struct {
	folders, files []string
	whole          bool // files are all that there are, and none is a link
}

// Fault is something that is there and could not be read.
type Fault struct {
	Path string
	Why  string
}

// Read lists the folders below the root of fsys.
func Read(fsys fs.FS) *Tree {
	t := &Tree{
		fsys: fsys, listed: map[string]listing{},
		texts: map[string]string{}, unread: map[string]bool{}, bytes: maxBytes, files: maxFiles,
	}
	t.walk(".", MaxDepth)
	return t
}

// Folders returns the folders that Read has listed, upper ones first, each level
// in the order of names.
func (t *Tree) Folders() []string { return t.folders }

// Examples returns the folders near the root that were not entered because they
// hold examples.
func (t *Tree) Examples() []string { return t.passed }

// Faults returns what could not be read so far.
func (t *Tree) Faults() []Fault { return t.faults }

// Names returns the names of the files in a folder, also in one that Read has not
// listed; nil if there is none.
func (t *Tree) Names(dir string) []string { return t.list(dir).files }

// Subfolders returns the names of the folders in a folder, without those that are
// never entered.
func (t *Tree) Subfolders(dir string) []string {
	return slices.DeleteFunc(slices.Clone(t.list(dir).folders), passes)
}

// Has reports whether there is a file at a path.
func (t *Tree) Has(name string) bool {
	// Most questions are about folders that are known: each saved look at the
	// disk counts, as there are thousands.
	if l, known := t.listed[path.Dir(name)]; known && l.whole && fs.ValidPath(name) {
		_, found := slices.BinarySearch(l.files, path.Base(name))
		return found
	}
	info, err := t.stat(name)
	return err == nil && info.Mode().IsRegular()
}

// HasFolder reports whether there is a folder at a path, hidden or not.
func (t *Tree) HasFolder(name string) bool {
	info, err := t.stat(name)
	return err == nil && info.IsDir()
}

// First returns the path of the first of some files of a folder that exists, or "".
func (t *Tree) First(dir string, names ...string) string {
	for _, name := range names {
		if p := path.Join(dir, name); t.Has(p) {
			return p
		}
	}
	return ""
}

// Below returns the files below a folder whose names are wanted, level by level.
func (t *Tree) Below(dir string, depth int, want func(name string) bool) []string {
	var found []string
	t.visit(dir, depth, func(at string) {
		for _, name := range t.Names(at) {
			if want(name) {
				found = append(found, path.Join(at, name))
			}
		}
	})
	return found
}

func (t *Tree) stat(name string) (fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrNotExist // outside of the folder: for us it is not there
	}
	return fs.Stat(t.fsys, name)
}

// walk lists the folders from dir on, as far as the bounds allow.
func (t *Tree) walk(dir string, depth int) {
	t.visit(dir, depth, func(at string) {
		t.folders = append(t.folders, at)
		for _, name := range t.list(at).folders {
			if isExample(name) && path.Dir(at) == "." {
				t.passed = append(t.passed, path.Join(at, name))
			}
		}
	})
}

// visit calls f for a folder and those below it, breadth first.
func (t *Tree) visit(dir string, depth int, f func(at string)) {
	level := []string{dir}
	for ; depth >= 0 && len(level) > 0; depth-- {
		var next []string
		for _, at := range level {
			if _, known := t.listed[at]; !known && len(t.listed) >= MaxFolders {
				return
			}
			f(at)
			for _, name := range t.Subfolders(at) {
				next = append(next, path.Join(at, name))
			}
		}
		level = next
	}
}

// list reads one folder once.
func (t *Tree) list(dir string) listing {
	if l, ok := t.listed[dir]; ok {
		return l
	}
	l := t.readFolder(dir)
	if len(t.listed) < MaxFolders {
		t.listed[dir] = l
	}
	return l
}

// readFolder never reads more than MaxNames names: a folder of a million files is
// no project's source, and sorting it alone would take a second.
func (t *Tree) readFolder(dir string) listing {
	if !fs.ValidPath(dir) {
		return listing{}
	}
	file, err := t.fsys.Open(dir)
	if err != nil {
		t.fault(dir, err)
		return listing{}
	}
	defer file.Close()
	folder, ok := file.(fs.ReadDirFile)
	if !ok {
		return listing{}
	}
	entries, err := folder.ReadDir(MaxNames)
	if err != nil && !errors.Is(err, io.EOF) {
		t.fault(dir, err)
	}
	l := listing{whole: err == nil || errors.Is(err, io.EOF)}
	l.whole = l.whole && len(entries) < MaxNames
	for _, e := range entries {
		switch {
		case e.IsDir():
			l.folders = append(l.folders, e.Name())
		case e.Type().IsRegular():
			l.files = append(l.files, e.Name())
		case e.Type()&fs.ModeSymlink != 0:
			l.files, l.whole = append(l.files, e.Name()), false
		}
	}
	slices.Sort(l.folders)
	slices.Sort(l.files)
	return l
}

// fault remembers what could not be read. What is not there is no fault.
func (t *Tree) fault(name string, err error) {
	if errors.Is(err, fs.ErrNotExist) || len(t.faults) >= maxFaults {
		return
	}
	why := err.Error()
	var pe *fs.PathError
	if errors.As(err, &pe) {
		why = pe.Err.Error()
	}
	t.Reject(name, why)
}

// Reject adds a fault that a reader of a file has found.
func (t *Tree) Reject(name, why string) {
	if f := (Fault{name, why}); len(t.faults) < maxFaults && !slices.Contains(t.faults, f) {
		t.faults = append(t.faults, f)
	}
}

// Newer reports whether a file was written after another one.
func (t *Tree) Newer(name, other string) bool {
	a, err := t.stat(name)
	b, err2 := t.stat(other)
	return err == nil && err2 == nil && a.ModTime().After(b.ModTime())
}
