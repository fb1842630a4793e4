package watch

import (
	"os"
	"path/filepath"
	"slices"
)

// notifier is the part of fsnotify.Watcher that a tree uses.
type notifier interface {
	Add(path string) error
	Remove(path string) error
}

// tree holds the watched folders with the files in them that a target wants.
type tree struct {
	events  notifier // nil: all folders are polled
	folders map[string]*folder
	watches map[identity]*watched           // what events were asked for
	told    map[string]*watched             // the same, by the path that fsnotify knows
	devices map[uint64]bool                 // whether a file system sends no events
	kind    func(dir string) (string, bool) // silent, but for tests
	polled  int                             // how many folders are polled

	refused  func(path string, err error)  // called when a watch is not to be had
	quiet    func(path, filesystem string) // called when a file system sends no events
	replaced func(dir string)              // called when a folder is not the one that was watched; closes it
	again    func(dir string)              // called when a folder is watched under another name
	learned  func(path string, s state)    // called with what a file is found to hold; nil: nobody asks
}

// identity tells a folder from others, whatever its name.
type identity struct{ dev, ino uint64 }

// folder is one name of a watched folder.
type folder struct {
	id     identity
	polled bool // events do not come, or not all
	files  map[string]state
	rules  state // of its .gitignore
}

// watched is a folder that the system sends events for. There is one for each
// identity, because the system has no more: fsnotify reports events under the
// name it was told first, also after the folder was renamed.
type watched struct {
	path  string   // as fsnotify knows it
	names []string // the folders
}

// newTree returns an empty tree. Events nil means that all is polled.
func newTree(events notifier) *tree {
	return &tree{
		events:  events,
		folders: map[string]*folder{},
		watches: map[identity]*watched{},
		told:    map[string]*watched{},
		devices: map[uint64]bool{},
		kind:    silent,
	}
}

// open starts to watch the folder at dir, or finds it watched. Nil: there is
// none. What is in it is not looked at.
func (t *tree) open(dir string) *folder {
	id, ok := identify(dir)
	f := t.folders[dir]
	if f != nil && ok && f.id == id {
		return f
	}
	if f != nil {
		t.replaced(dir)
	}
	if !ok {
		return nil
	}
	f = &folder{id: id, files: map[string]state{}}
	t.folders[dir] = f
	t.attach(f, dir)
	return f
}

// attach asks for a folder's events, and has it polled if they do not come.
func (t *tree) attach(f *folder, dir string) {
	if f.polled {
		t.polled--
	}
	f.polled = !t.listen(dir, f.id) || t.silent(dir, f.id.dev)
	if f.polled {
		t.polled++
	}
}

// listen asks for the events of a folder and reports whether they will come.
func (t *tree) listen(dir string, id identity) bool {
	if t.events == nil {
		return false
	}
	if w := t.watches[id]; w != nil {
		w.names = append(w.names, dir)
		return true
	}
	if err := t.events.Add(dir); err != nil {
		if !os.IsNotExist(err) {
			t.refused(dir, err)
		}
		return false
	}
	w := &watched{path: dir, names: []string{dir}}
	t.watches[id], t.told[dir] = w, w
	return true
}

// silent reports whether the file system of dir sends no events, or not all.
func (t *tree) silent(dir string, dev uint64) bool {
	is, known := t.devices[dev]
	if !known {
		var name string
		name, is = t.kind(dir)
		t.devices[dev] = is
		if is && t.events != nil {
			t.quiet(dir, name)
		}
	}
	return is
}

// close stops to watch one folder and forgets what was in it.
func (t *tree) close(dir string) {
	f := t.folders[dir]
	if f == nil {
		return
	}
	delete(t.folders, dir)
	if f.polled {
		t.polled--
	}
	w := t.watches[f.id]
	if w == nil {
		return
	}
	w.names = slices.DeleteFunc(w.names, func(name string) bool { return name == dir })
	if w.path != dir {
		return // events still come, under the other name
	}
	// The error is of no use: the system has often removed the watch before.
	_ = t.events.Remove(dir)
	delete(t.told, dir)
	delete(t.watches, f.id)
	for _, name := range w.names {
		t.rename(name, f.id)
	}
}

// rename watches a folder under another of its names, once the one that
// fsnotify knew is gone: else its events would end with it.
func (t *tree) rename(name string, id identity) {
	f := t.folders[name]
	if now, ok := identify(name); f == nil || !ok || now != id {
		return
	}
	t.attach(f, name)
	t.again(name)
}

// clear stops to watch all folders.
func (t *tree) clear() {
	for path := range t.told {
		_ = t.events.Remove(path)
	}
	clear(t.folders)
	clear(t.watches)
	clear(t.told)
	t.polled = 0
}

// within returns the watched folders at and below dir, parents first.
func (t *tree) within(dir string) []string {
	var dirs []string
	for name := range t.folders {
		if _, ok := below(dir, name); ok {
			dirs = append(dirs, name)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// paths returns what an event's name stands for: the same file in each folder
// that shares the watch.
func (t *tree) paths(name string) []string {
	var paths []string
	if w := t.told[name]; w != nil {
		paths = append(paths, w.names...)
	}
	if w := t.told[filepath.Dir(name)]; w != nil {
		for _, dir := range w.names {
			if path := filepath.Join(dir, filepath.Base(name)); !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// state returns what a file held when it was last looked at.
func (t *tree) state(path string) state {
	if f := t.folders[filepath.Dir(path)]; f != nil {
		return f.files[filepath.Base(path)]
	}
	return state{}
}

// set keeps what a file holds now, if its folder is watched.
func (t *tree) set(path string, s state) {
	if t.learned != nil {
		t.learned(path, s)
	}
	f := t.folders[filepath.Dir(path)]
	switch {
	case f == nil:
	case s.kind == absent:
		delete(f.files, filepath.Base(path))
	default:
		f.files[filepath.Base(path)] = s
	}
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
