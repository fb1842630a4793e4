package watch

import (
	"errors"

	"golang.org/x/sys/unix"
)

// silent returns the kind of the file system that path is on when changes there
// may come without events.
func silent(path string) (string, bool) {
	var fs unix.Statfs_t
	if err := retry(func() error { return unix.Statfs(path, &fs) }); err != nil {
		return "", false
	}
	name := unix.ByteSliceToString(fs.Fstypename[:])
	switch name {
	case "nfs", "smbfs", "afpfs", "webdav", "macfuse", "osxfuse", "virtiofs", "prl_fs":
		return name, true
	}
	return "", false
}

// limit names the limit that an error of the system means, and the command that
// raises it. False: the error is about something else.
func limit(err error) (string, bool) {
	if errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) {
		return "the limit of open files is reached; raise it with: ulimit -n 10240", true
	}
	return "", false
}
