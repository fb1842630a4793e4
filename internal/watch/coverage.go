package watch

import (
	"strings"

	"github.com/fsnotify/fsnotify"
)

// coverage says which folders Windows is asked about, where one question may be about all
// that is below a folder. Each question keeps the folders above its own from being renamed,
// and one for each folder would keep people from renaming their own.
//
// All below the project's root is one question. Elsewhere a folder is asked about alone,
// until one below it is wanted: a file in somebody's home is no reason to be told of all
// that is in there. A link to a folder is a question of its own, as no other one leads
// through it.
type coverage struct {
	root      string
	wanted    map[string]want      // by folded path
	questions map[string]*question // by the path of the folder
}

// want is a folder whose events are wanted.
type want struct {
	path string    // as it is spelt
	by   *question // that covers it
}

// question is one that is to be asked, or is.
type question struct {
	path    string
	deep    bool // about all that is below
	link    bool
	wanting int // how many folders are wanted for which it is needed
}

func newCoverage(root string) *coverage {
	return &coverage{root: root, wanted: map[string]want{}, questions: map[string]*question{}}
}

// fold is the key of a path.
func fold(path string) string { return strings.ToLower(path) }

// parent is the folder that a path is in; "" of a volume.
func parent(path string) string {
	at := strings.LastIndexByte(path, '\\')
	switch {
	case at < 0 || at == len(path)-1:
		return ""
	case at == 2 && path[1] == ':':
		return path[:at+1]
	}
	return path[:at]
}

// in is the path of a name in a folder.
func in(dir, name string) string { return strings.TrimSuffix(dir, `\`) + `\` + name }

// covering returns the deep question, nearest to dir, that tells of it; nil: none.
func (c *coverage) covering(dir string) (nearest *question) {
	for _, q := range c.questions {
		if _, ok := belowFolded(q.path, dir); ok && q.deep && (nearest == nil || len(q.path) > len(nearest.path)) {
			nearest = q
		}
	}
	return nearest
}

// needed returns the question that has to be asked for the events of dir; nil: one that is
// asked covers it.
func (c *coverage) needed(dir string, link bool) *question {
	if link {
		return &question{path: dir, deep: true, link: true}
	}
	if c.covering(dir) != nil {
		return nil
	}
	if _, ok := belowFolded(c.root, dir); ok {
		return &question{path: dir, deep: true}
	}
	above := c.questions[c.wanted[fold(parent(dir))].path]
	if above == nil || parent(above.path) == "" {
		return &question{path: dir}
	}
	if _, leads := belowFolded(above.path, c.root); leads {
		return &question{path: dir}
	}
	return &question{path: above.path, deep: true}
}

// add wants the events of dir. q is what needed said, once it is asked; dropped are the
// questions that are not needed any more.
func (c *coverage) add(dir string, q *question) (dropped []*question) {
	if q != nil {
		dropped = c.ask(q)
	}
	by := c.questions[dir]
	if by == nil || !by.link {
		if covering := c.covering(dir); covering != nil {
			by = covering
		}
	}
	if old, has := c.wanted[fold(dir)]; has {
		old.by.wanting--
	}
	by.wanting++
	c.wanted[fold(dir)] = want{dir, by}
	return dropped
}

// ask puts a question among the others, and takes out what it makes needless: one about the
// same folder, and if it is deep those about folders below.
func (c *coverage) ask(q *question) (dropped []*question) {
	for path, other := range c.questions {
		_, below := belowFolded(q.path, path)
		if path == q.path || below && q.deep && !other.link {
			dropped = append(dropped, other)
			delete(c.questions, path)
		}
	}
	c.questions[q.path] = q
	for key, w := range c.wanted {
		for _, other := range dropped {
			if w.by == other {
				q.wanting++
				c.wanted[key] = want{w.path, q}
			}
		}
	}
	return dropped
}

// remove wants the events of dir no more. It returns a question that nobody needs then, or
// nil.
func (c *coverage) remove(dir string) *question {
	w, has := c.wanted[fold(dir)]
	if !has {
		return nil
	}
	delete(c.wanted, fold(dir))
	if w.by.wanting--; w.by.wanting > 0 {
		return nil
	}
	if c.questions[w.by.path] == w.by {
		delete(c.questions, w.by.path)
	}
	return w.by
}

// lose takes out a question that the system does not answer any more, and all that was
// wanted by it.
func (c *coverage) lose(q *question) {
	if c.questions[q.path] == q {
		delete(c.questions, q.path)
	}
	for key, w := range c.wanted {
		if w.by == q {
			delete(c.wanted, key)
		}
	}
}

// events are what of the answers to a question concerns wanted folders, by their spelling:
// what happens in a folder that nobody wants (one that Git ignores, node_modules) ends
// here. long returns the long form of a path with short names in it.
func (c *coverage) events(q *question, all []record, long func(string) string) (events []fsnotify.Event) {
	for _, r := range all {
		path, op := in(q.path, r.name), operation(r.action)
		event, ok := c.event(path, op)
		if !ok && strings.Contains(r.name, "~") {
			event, ok = c.event(long(path), op)
		}
		if ok {
			events = append(events, event)
		}
	}
	return events
}

func (c *coverage) event(path string, op fsnotify.Op) (event fsnotify.Event, concerns bool) {
	if self, isFolder := c.wanted[fold(path)]; isFolder {
		// Of what has changed in it, there are events.
		return fsnotify.Event{Name: self.path, Op: op}, op != fsnotify.Write
	}
	folder, wanted := c.wanted[fold(parent(path))]
	return fsnotify.Event{Name: in(folder.path, path[strings.LastIndexByte(path, '\\')+1:]), Op: op}, wanted
}

// operation is an action in the words of the other systems.
func operation(action uint32) fsnotify.Op {
	switch action {
	case actionRemoved:
		return fsnotify.Remove
	case actionModified:
		return fsnotify.Write
	case actionOldName:
		return fsnotify.Rename
	}
	return fsnotify.Create
}
