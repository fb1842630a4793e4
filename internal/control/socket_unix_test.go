//go:build unix

package control

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// P9: mode 0600 in a per-user folder; a long project path does not break it.
func TestTheSocketIsPrivateAndItsPathShort(t *testing.T) {
	root, _, _ := running(t, &fakeActions{})
	info, err := os.Stat(SocketPath(root))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", info, err)
	}
	folder, _ := os.Stat(filepath.Dir(SocketPath(root)))
	if folder.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", folder.Mode())
	}
	long := "/" + strings.Repeat("long/", 500)
	for _, run := range []string{"", "relative", "/run/user/1000", "/" + strings.Repeat("x", 200)} {
		t.Setenv("XDG_RUNTIME_DIR", run)
		if path := SocketPath(long); len(path) > longestSocket || !filepath.IsAbs(path) {
			t.Errorf("XDG_RUNTIME_DIR=%q: %d bytes: %s", run, len(path), path)
		}
	}
	deep := filepath.Join(t.TempDir(), strings.Repeat("y", 200))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", deep)
	if path := SocketPath(long); len(path) > longestSocket {
		t.Errorf("TMPDIR too long: %s", path)
	}
}

// P9: su(1) and WSL promise folders that are somebody else's, or not there.
func TestAFolderThatTheEnvironmentOnlyPromisesIsNotUsed(t *testing.T) {
	temp := t.TempDir()
	file := filepath.Join(temp, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(temp, "missing")
	t.Setenv("TMPDIR", temp)
	for _, run := range []string{missing, file, "relative", "", notOurs(t)} {
		t.Setenv("XDG_RUNTIME_DIR", run)
		if path := SocketPath("/shop"); !strings.HasPrefix(path, temp+"/devgate-") {
			t.Errorf("XDG_RUNTIME_DIR=%q: %s", run, path)
		}
	}
	t.Setenv("XDG_RUNTIME_DIR", temp)
	if path := SocketPath("/shop"); !strings.HasPrefix(path, temp+"/devgate/") {
		t.Errorf("a folder of ours is not used: %s", path)
	}
	t.Setenv("XDG_RUNTIME_DIR", missing)
	for _, temp := range []string{missing, file} {
		t.Setenv("TMPDIR", temp)
		if path := SocketPath("/shop"); !strings.HasPrefix(path, "/tmp/devgate-") {
			t.Errorf("TMPDIR=%q: %s", temp, path)
		}
	}
	server, err := Open(SocketPath(missing), &fakeActions{})
	if err != nil {
		t.Fatal(err)
	}
	server.Close()
}

// notOurs is a folder that belongs to another user.
func notOurs(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		return "/" // root's
	}
	dir := t.TempDir()
	if err := os.Chown(dir, 1, 1); err != nil {
		t.Fatal(err)
	}
	return dir
}

// One that was started in another environment is seen; the folder of another user, or one that
// others may write to, is not.
func TestTheListIsThatOfTheUser(t *testing.T) {
	run, temp := ownFolders(t)
	t.Setenv("XDG_RUNTIME_DIR", "/nowhere")
	enter(t, Entry{Root: "/cron"})
	t.Setenv("XDG_RUNTIME_DIR", run)
	enter(t, Entry{Root: "/own"})
	if got := entries(t); got != "/cron /own" {
		t.Errorf("listed %q", got)
	}
	if err := os.Chmod(filepath.Join(temp, userName()), 0o777); err != nil {
		t.Fatal(err)
	}
	if got := entries(t); got != "/own" {
		t.Errorf("listed %q of a folder that anybody may write to", got)
	}
}

func TestASocketFolderOfSomebodyElseIsRefused(t *testing.T) {
	open := filepath.Join(t.TempDir(), "devgate")
	if err := os.Mkdir(open, 0o777); err != nil {
		t.Fatal(err)
	}
	os.Chmod(open, 0o777)
	_, err := Open(filepath.Join(open, "x.sock"), &fakeActions{})
	if err == nil || !strings.Contains(err.Error(), "mode 0700") {
		t.Errorf("got %v", err)
	}
}
