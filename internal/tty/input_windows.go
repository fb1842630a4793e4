package tty

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// input waits for a console without reading from it, so that a reader that is not wanted
// any more takes nothing from whoever reads next.
type input struct {
	file *os.File
	keys keyDecoder

	mu   sync.Mutex
	wake windows.Handle // an event that ends a wait; 0 once it is closed
}

func newInput(file *os.File) (*input, error) {
	wake, err := windows.CreateEvent(nil, 0, 0, nil)
	if err != nil {
		return nil, fmt.Errorf("wait for keys: %w", err)
	}
	return &input{file: file, wake: wake}, nil
}

// interrupt ends the wait that goes on, or the next one.
func (i *input) interrupt() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.wake != 0 {
		windows.SetEvent(i.wake)
	}
}

// close frees the event. No wait may go on.
func (i *input) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	windows.CloseHandle(i.wake)
	i.wake = 0
}

// wait returns true when there is something to read, and false after limit (0:
// none), after interrupt, or when ctx ends, also when that was before.
func (i *input) wait(ctx context.Context, limit time.Duration) (bool, error) {
	stop := context.AfterFunc(ctx, i.interrupt)
	defer stop()
	handles, ms := []windows.Handle{i.wake, windows.Handle(i.file.Fd())}, uint32(windows.INFINITE)
	if limit > 0 { // the console is not ours now
		handles, ms = handles[:1], uint32(limit.Milliseconds())
	}
	which, err := windows.WaitForMultipleObjects(handles, false, ms)
	if err != nil {
		return false, fmt.Errorf("wait for keys: %w", err)
	}
	return which == windows.WAIT_OBJECT_0+1, nil
}

// inputRecord is INPUT_RECORD, of which only keys are looked at.
type inputRecord struct {
	kind uint16
	_    uint16
	key  keyRecord
}

// keyEvent is the kind of a record that tells of a key.
const keyEvent = 1

var readConsoleInput = windows.NewLazySystemDLL("kernel32.dll").NewProc("ReadConsoleInputW")

// read returns the keys that were typed, in UTF-8, in buf where they fit in: none where
// what wait has told of is something else, such as the mouse.
func (i *input) read(buf []byte) ([]byte, error) {
	console := windows.Handle(i.file.Fd())
	var there uint32
	if err := windows.GetNumberOfConsoleInputEvents(console, &there); err != nil {
		return nil, err
	}
	if there == 0 { // somebody else has read it: the call below would wait
		return nil, nil
	}
	var records [64]inputRecord
	done, _, err := readConsoleInput.Call(uintptr(console), uintptr(unsafe.Pointer(&records[0])), uintptr(len(records)), uintptr(unsafe.Pointer(&there)))
	if done == 0 {
		return nil, err
	}
	typed := buf[:0]
	for _, record := range records[:there] {
		if record.kind == keyEvent {
			typed = i.keys.add(typed, record.key)
		}
	}
	return typed, nil
}
