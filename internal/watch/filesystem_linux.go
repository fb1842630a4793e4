package watch

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// silentTypes are the file systems whose files can change without an inotify
// event, since somebody else writes them: servers, the host of a virtual
// machine, Windows below WSL. The numbers are those of statfs(2).
var silentTypes = map[uint32]string{
	0x6969:     "nfs",
	0x517b:     "smb",
	0xff534d42: "cifs",
	0xfe534d42: "smb2",
	0x01021997: "9p", // WSL 2 shows Windows drives (drvfs) in this way
	0x65735546: "fuse",
	0x786f4256: "vboxsf",
	0xbacbacbc: "vmhgfs",
	0x7c7c6673: "prl_fs",
	0x5346414f: "afs",
	0x6b414653: "afs",
	0x00c36400: "ceph",
	0x73757245: "coda",
	0x0bd00bd0: "lustre",
}

// silent returns the kind of the file system that path is on when changes there
// may come without events.
func silent(path string) (string, bool) {
	var fs unix.Statfs_t
	if err := retry(func() error { return unix.Statfs(path, &fs) }); err != nil {
		return "", false
	}
	name, is := silentTypes[uint32(fs.Type)]
	return name, is
}

// limit names the limit that an error of the system means, with its value and
// the command that raises it. False: the error is about something else.
func limit(err error) (string, bool) {
	switch {
	case errors.Is(err, unix.ENOSPC):
		return sysctl("max_user_watches", "524288"), true
	case errors.Is(err, unix.EMFILE):
		return sysctl("max_user_instances", "512"), true
	}
	return "", false
}

// sysctl describes one of the limits of inotify.
func sysctl(name, better string) string {
	value := "unknown"
	if src, err := os.ReadFile("/proc/sys/fs/inotify/" + name); err == nil {
		value = strings.TrimSpace(string(src))
	}
	return fmt.Sprintf("the inotify limit fs.inotify.%s (%s) is reached; raise it with: sudo sysctl fs.inotify.%s=%s",
		name, value, name, better)
}
