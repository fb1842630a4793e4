package input

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

const (
	// MaxSize is how many bytes a file may have.
	MaxSize = 1 << 20
	// Patience is how long a call waits for what does not come.
	Patience = 5 * time.Second
)

// Read returns what the file at path holds. The error is an fs.PathError about
// one of the errors of this package or of the system, or that of a context that
// was cancelled.
func Read(ctx context.Context, path string) ([]byte, error) {
	return bounded(ctx, path, func(ctx context.Context) ([]byte, error) { return read(ctx, path) })
}

// Stat is os.Stat, but that it ends.
func Stat(ctx context.Context, path string) (fs.FileInfo, error) {
	return bounded(ctx, path, func(context.Context) (fs.FileInfo, error) { return os.Stat(path) })
}

// lastMoment is what do gets after the end of its context to notice it.
const lastMoment = 100 * time.Millisecond

// bounded calls do, and returns at the latest with ctx, or after Patience.
func bounded[T any](ctx context.Context, path string, do func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := do(ctx)
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
	}
	select {
	case r := <-done:
		return r.value, r.err
	case <-time.After(lastMoment):
	}
	// The one goroutine of devgate that nobody waits for: it is in a call to the
	// system that hangs until a file server answers, and no signal and no closed
	// descriptor brings it back. It holds nothing that anybody else uses.
	var none T
	return none, &fs.PathError{Op: "read", Path: path, Err: endOf(ctx, ErrSilent)}
}

// endOf is why a call did not come to its end: somebody has ended ctx, or what
// it waited for has not come in time.
func endOf(ctx context.Context, missing *Error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return missing
}

func read(ctx context.Context, path string) ([]byte, error) {
	text, err := open(ctx, path)
	if err == nil && len(text) > MaxSize {
		err = ErrTooLarge
	}
	if _, has := errors.AsType[*fs.PathError](err); err != nil && !has {
		err = &fs.PathError{Op: "read", Path: path, Err: err}
	}
	if err != nil {
		return nil, err
	}
	return text, nil
}

// open reads one byte more than may be read of what is at path. What it is, is
// asked before it is opened, which alone can do something to a device.
func open(ctx context.Context, path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := refused(info); err != nil || isNull(info) {
		return nil, err
	}
	file, err := openPatient(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	limited := io.LimitReader(file, MaxSize+1)
	if info.Mode()&fs.ModeNamedPipe == 0 {
		return io.ReadAll(limited)
	}
	defer context.AfterFunc(ctx, func() { file.SetReadDeadline(time.Now()) })()
	return readPipe(ctx, limited, isInherited(path))
}

// refused says why what info tells of is not read.
func refused(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return ErrFolder
	case mode&fs.ModeSocket != 0:
		return ErrSocket
	case mode&fs.ModeDevice != 0 && !isNull(info):
		return ErrDevice
	}
	return nil
}

// isNull knows the null device, which containers put in the place of files that
// they hide.
func isNull(info fs.FileInfo) bool {
	null, err := os.Stat(os.DevNull)
	return err == nil && info.Mode()&fs.ModeDevice != 0 && sameDevice(info, null)
}

// isInherited knows the names of descriptors, as <(command) in a shell gives
// them: who wrote to such a pipe has done so already, or never will.
func isInherited(path string) bool {
	return strings.HasPrefix(path, "/dev/fd/") || path == "/dev/stdin" || strings.HasPrefix(path, "/proc/self/fd/")
}

// retryPause is how often a pipe is asked whether somebody writes to it by now.
const retryPause = 10 * time.Millisecond

// readPipe reads until who writes has closed the pipe. That nobody has opened it
// yet looks the same as its end, so that an end without a byte before it is none
// unless once is true.
func readPipe(ctx context.Context, pipe io.Reader, once bool) ([]byte, error) {
	for {
		text, err := io.ReadAll(pipe)
		switch {
		case ctx.Err() != nil && len(text) > 0:
			return nil, endOf(ctx, ErrUnfinished)
		case ctx.Err() != nil:
			return nil, endOf(ctx, ErrNoWriter)
		case err != nil || len(text) > 0 || once:
			return text, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryPause):
		}
	}
}

// Within calls do, which looks at what is at path, and returns at the latest with
// ctx, or after [Patience].
func Within[T any](ctx context.Context, path string, do func() (T, error)) (T, error) {
	return bounded(ctx, path, func(context.Context) (T, error) { return do() })
}
