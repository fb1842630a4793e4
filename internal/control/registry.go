package control

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"devgate/internal/shared"
)

// Entry is what the devgates of one user know of each other.
type Entry struct {
	Record        // where it answers; the zero Record while it is just beginning
	Root   string `json:"root"`   // the folder of its project
	Name   string `json:"name"`   // of the project
	Top    string `json:"top"`    // the folder of the checkout, and what it has in common with
	Common string `json:"common"` // other checkouts of its repository; "": no repository
	Label  string `json:"label"`  // its name in front of .localhost; "": it has none
	Ports  []int  `json:"ports"`  // that it has, whether somebody listens there now or not
}

// entrySuffix ends the names of the files of entries.
const entrySuffix = ".entry"

// Registry is the list of the devgates of this user that run. While it is open it
// does not change.
type Registry struct {
	lock *os.File // nil: another one has it for too long
}

// registryPatience is how long another devgate may take to find its ports. One that was
// stopped while it did must not keep all others from starting.
const registryPatience = 3 * time.Second

// OpenRegistry opens the list. An error is about the folder that it is in.
func OpenRegistry() (*Registry, error) {
	dir := userFolder()
	if err := makeUserFolder(dir); err != nil {
		return nil, err
	}
	file, err := openLockable(filepath.Join(dir, "registry.lock"))
	if err != nil {
		return nil, fmt.Errorf("open registry: %w", err)
	}
	if lockFile(file, registryPatience) != nil {
		file.Close()
		return &Registry{}, nil
	}
	return &Registry{file}, nil
}

// Close lets others change the list.
func (r *Registry) Close() {
	if r.lock != nil {
		r.lock.Close()
	}
}

// Entries are those of the devgates that run, by folder. The lock of an entry says that
// it is true; what a killed devgate has left is removed.
func (r *Registry) Entries() (all []Entry) {
	for _, dir := range userFolders() {
		if checkOwner(dir) != nil { // nobody has made it yet, or somebody else
			continue
		}
		paths, _ := filepath.Glob(filepath.Join(dir, "*"+entrySuffix))
		for _, path := range paths {
			if e, ok := r.read(path); ok {
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Or(strings.Compare(a.Root, b.Root), a.Started.Compare(b.Started)) })
	return all
}

// read reads one entry, if its devgate runs.
func (r *Registry) read(path string) (e Entry, ok bool) {
	file, err := shared.Open(path)
	if err != nil {
		return e, false
	}
	defer file.Close()
	if !isLocked(file) {
		// Only with the lock of the list: the next devgate of this project may be about to
		// take the file over.
		if r.lock != nil {
			file.Close() // some systems remove nothing that is open
			shared.Remove(path)
		}
		return e, false
	}
	return e, json.NewDecoder(file).Decode(&e) == nil
}

// Enter puts a devgate on the list. The caller has the lock of its project.
func (r *Registry) Enter(e Entry) (*Registration, error) {
	path := filepath.Join(userFolder(), keyOf(e.Root)+entrySuffix)
	file, err := openLockable(path)
	if err != nil {
		return nil, fmt.Errorf("write registry: %w", err)
	}
	if err := lockFile(file, holderPatience); err != nil {
		file.Close()
		return nil, fmt.Errorf("write registry: lock %s: %w", path, err)
	}
	own := &Registration{path, file}
	return own, own.write(e)
}

// Registration is the place of a devgate on the list. The system takes it away with the
// process.
type Registration struct {
	path string
	file *os.File
}

// Update writes the entry anew.
func (g *Registration) Update(e Entry) error {
	// With the list, as whoever reads it must not find half of an entry.
	r, err := OpenRegistry()
	if err != nil {
		return err
	}
	defer r.Close()
	return g.write(e)
}

// write writes in place: the lock belongs to this very file.
func (g *Registration) write(e Entry) error {
	e.Protocol = Version
	text, err := json.Marshal(e)
	if err == nil {
		err = errors.Join(g.file.Truncate(0), writeAt(g.file, append(text, '\n')))
	}
	if err != nil {
		return fmt.Errorf("write registry: %w", err)
	}
	return nil
}

func writeAt(file *os.File, text []byte) error {
	_, err := file.WriteAt(text, 0)
	return err
}

// Leave takes the devgate off the list. It may be called more than once.
func (g *Registration) Leave() {
	if g.file == nil {
		return
	}
	os.Remove(g.path) // before the lock goes: nobody else has this name until then
	g.file.Close()
	g.file = nil
}

// Entries are those of every devgate of this user that runs, by folder.
func Entries() ([]Entry, error) {
	r, err := OpenRegistry()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Entries(), nil
}

// Client speaks with the devgate of an entry, which has to say where it answers.
func (e Entry) Client() *Client { return newClient(e.Record) }

// Runs reports whether the devgate of an entry is still on the list.
func (e Entry) Runs() bool {
	now, err := Entries()
	return err == nil && slices.ContainsFunc(now, func(other Entry) bool { return other.Root == e.Root && other.PID == e.PID })
}
