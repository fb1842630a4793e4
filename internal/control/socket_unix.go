//go:build unix

package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// longestSocket is the room for a socket's path in sockaddr_un on the system
// with the least of it (macOS, 104 with the final NUL).
const longestSocket = 103

// SocketPath is where the devgate of the project at root listens: in a
// per-user folder, under a name of fixed length. Whoever looks for one that runs
// goes by its Record, as its environment may have been another.
// Not in the project: a path of more than a hundred bytes is no address of a socket, and
// some file systems have none.
func SocketPath(root string) string {
	return filepath.Join(userFolder(), keyOf(root)+".sock")
}

// userFolder is where the devgates of this user have what is not a project's.
func userFolder() string {
	fits := func(dir string) bool { return len(filepath.Join(dir, keyOf("")+".sock")) <= longestSocket }
	if run := os.Getenv("XDG_RUNTIME_DIR"); isOwn(run) && fits(filepath.Join(run, "devgate")) {
		return filepath.Join(run, "devgate")
	}
	if temp := os.TempDir(); isFolder(temp) && fits(filepath.Join(temp, userName())) {
		return filepath.Join(temp, userName())
	}
	return filepath.Join("/tmp", userName())
}

// userName has the user's number, as two users may share a temporary folder.
func userName() string { return "devgate-" + strconv.Itoa(os.Getuid()) }

// userFolders are userFolder and where else devgates of this user may be: one that was
// started by cron, or through su, has another environment.
func userFolders() []string {
	all := []string{userFolder()}
	add := func(dir string) {
		if !slices.Contains(all, dir) {
			all = append(all, dir)
		}
	}
	run := os.Getenv("XDG_RUNTIME_DIR")
	if run == "" {
		run = filepath.Join("/run/user", strconv.Itoa(os.Getuid()))
	}
	if isOwn(run) {
		add(filepath.Join(run, "devgate"))
	}
	add(filepath.Join(os.TempDir(), userName()))
	return all
}

// isOwn reports whether a folder that the environment promises is there and this
// user's: after su(1) it is somebody else's, in WSL and containers often missing.
func isOwn(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil || !filepath.IsAbs(dir) || !info.IsDir() {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}

func isFolder(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir() && filepath.IsAbs(dir)
}

// Listen opens the socket at path for this user alone; Open answers on it. A file that a
// killed devgate left is replaced: the caller holds the project's lock, so nobody listens on it.
func Listen(path string) (net.Listener, error) {
	if err := makeUserFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("replace socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	// The folder's mode keeps others out already; this is for those that ignore it.
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	return l, nil
}

// dial connects to where a devgate says that it listens.
func dial(ctx context.Context, record Record) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", record.Socket)
}

// makeUserFolder makes a folder for this user alone.
func makeUserFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make socket folder: %w", err)
	}
	return checkOwner(dir)
}

// checkOwner refuses a folder that somebody else could have made in a shared
// place such as /tmp.
func checkOwner(dir string) error {
	// Lstat, as a link of somebody else's could lead into a folder of ours.
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("check socket folder: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("socket folder %s must be a folder of yours with mode 0700", dir)
	}
	return nil
}
