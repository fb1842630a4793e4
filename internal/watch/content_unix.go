//go:build unix

package watch

import (
	"golang.org/x/sys/unix"
)

// stat returns the state of a path without reading its content. Symbolic links
// are followed; what is not a regular file is absent.
func stat(path string) state {
	var st unix.Stat_t
	if retry(func() error { return unix.Stat(path, &st) }) != nil {
		return state{}
	}
	return unread(&st)
}

// unread returns a state without the content.
func unread(st *unix.Stat_t) state {
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return state{}
	}
	return state{kind: opaque, size: st.Size, written: st.Mtim.Nano(), touched: st.Ctim.Nano(), inode: st.Ino}
}

// readFile is read for what was a regular file a moment ago. It makes four system
// calls and no more, since the first walk reads every watched file.
func (r *reader) readFile(path string) state {
	var fd int
	err := retry(func() (err error) {
		// A pipe that has taken its place since must not hold us up.
		fd, err = unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		return err
	})
	if err != nil {
		return stat(path)
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if retry(func() error { return unix.Fstat(fd, &st) }) != nil {
		return state{}
	}
	s := unread(&st)
	if s.kind == absent || s.size > maxHashed {
		return s
	}
	return r.sum(fd, s)
}

// sum adds the hash of an open file to its state.
func (r *reader) sum(fd int, s state) state {
	r.hash.Reset()
	size := int64(0)
	for {
		var n int
		err := retry(func() (err error) { n, err = unix.Read(fd, r.buf); return err })
		if err != nil || size > maxHashed {
			return s
		}
		_, _ = r.hash.Write(r.buf[:n])
		size += int64(n)
		if n < len(r.buf) { // the end, of a regular file
			break
		}
	}
	s.kind, s.sum, s.size = hashed, r.hash.Sum64(), size
	return s
}

// retry repeats a system call that a signal has interrupted.
func retry(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// identify returns the identity of the folder at path; false: there is none.
func identify(path string) (identity, bool) {
	var st unix.Stat_t
	if retry(func() error { return unix.Stat(path, &st) }) != nil || st.Mode&unix.S_IFMT != unix.S_IFDIR {
		return identity{}, false
	}
	return identity{uint64(st.Dev), st.Ino}, true
}
