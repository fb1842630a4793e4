package logmux

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"devgate/internal/shared"
)

// rawLimit is the size at which a raw file is renamed and begun anew.
const rawLimit = 10 << 20

// A rawFile keeps the bytes of one service as they came: what is new is appended
// to NAME.log, and at 10 MB that becomes NAME.log.1 in place of an older one. The
// file is opened at the first byte. The zero path means: keep nothing.
type rawFile struct {
	path  string
	limit int64

	mu   sync.Mutex
	file *os.File
	size int64
}

func newRawFile(dir, service string) *rawFile {
	if dir == "" {
		return &rawFile{}
	}
	// Only names of a Procfile could have one, and these cannot; the file stays in its
	// folder whatever comes.
	name := strings.NewReplacer("/", "_", string(filepath.Separator), "_").Replace(service)
	return &rawFile{path: filepath.Join(dir, name+".log"), limit: rawLimit}
}

// write appends b. Where the file reaches its limit, it is cut after a line end
// if b has one.
func (f *rawFile) write(b []byte) error {
	if f.path == "" {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.open(); err != nil {
		return err
	}
	if f.size+int64(len(b)) <= f.limit {
		return f.append(b)
	}
	// What is left of the limit, up to the last line end in it; without one the whole
	// write goes to the new file.
	n := bytes.LastIndexByte(b[:max(0, f.limit-f.size)], '\n') + 1
	return errors.Join(f.append(b[:n]), f.rotate(), f.append(b[n:]))
}

func (f *rawFile) open() error {
	if f.file != nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return err
	}
	// Appended to what earlier sessions have left: the last crash is often what somebody
	// looks for.
	file, err := shared.Append(f.path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return err
	}
	f.file, f.size = file, info.Size()
	return nil
}

func (f *rawFile) append(b []byte) error {
	if f.file == nil {
		return os.ErrClosed // rotate has told why
	}
	n, err := f.file.Write(b)
	f.size += int64(n)
	return err
}

// rotate starts a new file. What cannot be renamed grows on.
func (f *rawFile) rotate() error {
	if f.size == 0 {
		return nil
	}
	if err := f.shut(); err != nil {
		return fmt.Errorf("close %s: %w", f.path, err)
	}
	// Also where that failed the file is opened again: it grows on, and the error is
	// told.
	renamed := os.Rename(f.path, f.path+".1")
	if err := f.open(); err != nil {
		return err
	}
	return renamed
}

func (f *rawFile) shut() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file, f.size = nil, 0
	return err
}

// close closes the file; a later write opens it again.
func (f *rawFile) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shut()
}
