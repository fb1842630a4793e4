package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
	"golang.org/x/sys/windows"

	"devgate/internal/spelling"
)

const (
	// answerSize is how much the system may keep until it is read.
	answerSize = 256 << 10
	// remoteAnswerSize is the most that servers of files take.
	remoteAnswerSize = 64 << 10
	// asked is what is told of: what the hash of a file, or the names in a folder, can hang on.
	asked = windows.FILE_NOTIFY_CHANGE_FILE_NAME | windows.FILE_NOTIFY_CHANGE_DIR_NAME |
		windows.FILE_NOTIFY_CHANGE_LAST_WRITE | windows.FILE_NOTIFY_CHANGE_SIZE
)

// recursive asks Windows about folders with all that is below them
// (ReadDirectoryChangesW). One goroutine takes all answers; it ends with close.
type recursive struct {
	port   windows.Handle // where answers come to
	events chan fsnotify.Event
	errors chan error
	quit   chan struct{} // closed by close
	ended  chan struct{} // closed when the goroutine has

	mu       sync.Mutex
	coverage *coverage
	open     map[*question]*asking
	pending  map[*windows.Overlapped]*asking // what an answer is still to come to
	closing  bool
}

// asking is a question that the system works on. It may not be moved or freed before its
// answer has come.
type asking struct {
	question   *question
	handle     windows.Handle
	overlapped windows.Overlapped
	answer     []byte
	closed     bool
}

func newRecursive(root string) (*recursive, error) {
	port, err := windows.CreateIoCompletionPort(windows.InvalidHandle, 0, 0, 0)
	if err != nil {
		return nil, fmt.Errorf("make completion port: %w", err)
	}
	r := &recursive{
		port: port, events: make(chan fsnotify.Event), errors: make(chan error), quit: make(chan struct{}), ended: make(chan struct{}),
		coverage: newCoverage(root), open: map[*question]*asking{}, pending: map[*windows.Overlapped]*asking{},
	}
	go r.run() // ends with close, which waits for it
	return r, nil
}

// Add implements notifier: when it returns, changes in dir lead to events.
func (r *recursive) Add(dir string) error {
	dir = filepath.Clean(dir)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		return fsnotify.ErrClosed
	}
	q := r.coverage.needed(dir, isLink(dir))
	if q != nil {
		a, err := r.ask(q)
		if err != nil {
			return &fs.PathError{Op: "watch", Path: q.path, Err: err}
		}
		r.open[q] = a
	}
	// The new question is asked before the old ones are dropped: nothing is missed.
	for _, old := range r.coverage.add(dir, q) {
		r.drop(old)
	}
	return nil
}

// Remove implements notifier.
func (r *recursive) Remove(dir string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(r.coverage.remove(filepath.Clean(dir)))
	return nil
}

// ask opens a folder and asks about it.
func (r *recursive) ask(q *question) (*asking, error) {
	size := answerSize
	if _, remote := silent(q.path); remote {
		size = remoteAnswerSize
	}
	handle, err := openHandle(q.path, windows.FILE_LIST_DIRECTORY, windows.FILE_FLAG_OVERLAPPED)
	if err != nil {
		return nil, err
	}
	a := &asking{question: q, handle: handle, answer: make([]byte, size)}
	if _, err = windows.CreateIoCompletionPort(handle, r.port, 0, 0); err == nil {
		err = r.next(a)
	}
	if err != nil {
		windows.CloseHandle(handle)
		return nil, err
	}
	return a, nil
}

// next waits for the next answer.
func (r *recursive) next(a *asking) error {
	a.overlapped = windows.Overlapped{}
	err := windows.ReadDirectoryChanges(a.handle, &a.answer[0], uint32(len(a.answer)), a.question.deep, asked, nil, &a.overlapped, 0)
	if err == nil {
		r.pending[&a.overlapped] = a
	}
	return err
}

// drop ends a question; nil is none. Its last answer comes all the same.
func (r *recursive) drop(q *question) {
	if a := r.open[q]; a != nil {
		delete(r.open, q)
		r.shut(a)
	}
}

func (r *recursive) shut(a *asking) {
	if !a.closed {
		a.closed = true
		windows.CancelIoEx(a.handle, &a.overlapped)
		windows.CloseHandle(a.handle)
	}
}

// close ends all of it. It may be called more than once.
func (r *recursive) close() error {
	r.mu.Lock()
	if !r.closing {
		r.closing = true
		close(r.quit)
		for _, a := range r.open {
			r.shut(a)
		}
		clear(r.open)
		windows.PostQueuedCompletionStatus(r.port, 0, 0, nil)
	}
	r.mu.Unlock()
	<-r.ended
	return nil
}

// lastAnswers is how long, in ms, close waits for the answers to what it has ended.
const lastAnswers = 1000

// run takes answers until close, and then those that are still to come, as the system
// writes into the memory of each.
func (r *recursive) run() {
	defer func() {
		windows.CloseHandle(r.port)
		close(r.events)
		close(r.errors)
		close(r.ended)
	}()
	for wait := uint32(windows.INFINITE); ; {
		var n uint32
		var key uintptr
		var overlapped *windows.Overlapped
		err := windows.GetQueuedCompletionStatus(r.port, &n, &key, &overlapped, wait)
		r.mu.Lock()
		a := r.pending[overlapped]
		delete(r.pending, overlapped)
		if r.closing {
			wait = lastAnswers
		}
		over := r.closing && (len(r.pending) == 0 || a == nil && err != nil)
		events, faults := r.answered(a, n, err)
		r.mu.Unlock()
		if over {
			return
		}
		r.tell(events, faults)
	}
}

// answered reads one answer, and waits for the next; a nil a is none. What it returns is to
// be told.
func (r *recursive) answered(a *asking, n uint32, err error) (events []fsnotify.Event, faults []error) {
	if a == nil || a.closed {
		return nil, nil
	}
	if err == nil || err == windows.ERROR_NOTIFY_ENUM_DIR { // more than fits
		answer := slices.Clone(a.answer[:n]) // the next one is written over it
		err = r.next(a)
		all, lost := readAnswer(answer)
		if lost {
			faults = append(faults, fsnotify.ErrEventOverflow)
		}
		events = r.coverage.events(a.question, all, spelling.Of)
	}
	if err != nil {
		more, fault := r.ends(a, err)
		events, faults = append(events, more...), append(faults, fault...)
	}
	return events, faults
}

// ends takes out a question that the system answers no more: as a rule as its folder is
// gone, which nobody but it could tell.
func (r *recursive) ends(a *asking, err error) (events []fsnotify.Event, faults []error) {
	delete(r.open, a.question)
	r.coverage.lose(a.question)
	r.shut(a)
	if !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		faults = []error{fmt.Errorf("watch %s: %w", a.question.path, err)}
	}
	return []fsnotify.Event{{Name: a.question.path, Op: fsnotify.Remove}}, faults
}

// tell hands on what was read, as long as somebody takes it.
func (r *recursive) tell(events []fsnotify.Event, faults []error) {
	for _, event := range events {
		select {
		case r.events <- event:
		case <-r.quit:
			return
		}
	}
	for _, fault := range faults {
		select {
		case r.errors <- fault:
		case <-r.quit:
			return
		}
	}
}

// isLink reports whether a folder is a link to another: a symbolic one, or a junction.
func isLink(dir string) bool {
	const surrogate = 0x20000000 // what has this bit stands for something elsewhere
	path, err := windows.UTF16PtrFromString(strings.TrimRight(dir, `\`))
	if err != nil {
		return false
	}
	var found windows.Win32finddata
	search, err := windows.FindFirstFile(path, &found)
	if err != nil {
		return false
	}
	windows.FindClose(search)
	return found.FileAttributes&windows.FILE_ATTRIBUTE_REPARSE_POINT != 0 && found.Reserved0&surrogate != 0
}
