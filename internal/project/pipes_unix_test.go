//go:build unix

package project

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func replaceByPipe(t *testing.T, path string) {
	t.Helper()
	os.Remove(path)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

// F3: a pipe that nobody writes to is a warning or an error; and while devgate
// runs, services keep what it said before.
func TestAPipeThatNobodyWritesTo(t *testing.T) {
	root := write(t, ".env", "SECRET=1\n", "Devgatefile", "[api]\ncommand = \"run\"\n", "Named", "env_file = \".env\"\n[api]\ncommand = \"run\"\n")
	before := mustLoad(t, Options{Dir: root})
	replaceByPipe(t, filepath.Join(root, ".env"))
	load := func(o Options) (*Project, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		return Load(ctx, o)
	}
	for range 2 { // one reload after the other
		p, err := load(Options{Dir: root, Before: before})
		if err != nil || value(p.Service("api").Env, "SECRET") != "1" || len(p.Warnings) != 1 ||
			p.Warnings[0].Error() != ".env: cannot be read, and counts as it was: this is a pipe, and nobody writes to it\n  hint: start or unlock what writes to it, and try again" {
			t.Fatalf("with a project before: %v, warnings %v", err, p.Warnings)
		}
		before = p
	}
	p, err := load(Options{Dir: root})
	if err != nil || value(p.Service("api").Env, "SECRET") != "(unset)" || len(p.Warnings) != 1 || !strings.Contains(p.Warnings[0].Msg, "is not used: this is a pipe") {
		t.Errorf("at first: %v, warnings %v", err, p.Warnings)
	}
	_, err = load(Options{Dir: root, File: filepath.Join(root, "Named"), Before: before})
	if err == nil || !strings.Contains(err.Error(), "Named:1:12: env file .env cannot be read: this is a pipe, and nobody writes to it\n") {
		t.Errorf("named: %v", err)
	}
}

// F3: what cannot be asked does not hold up who wants to end.
func TestLoadEndsWithItsContext(t *testing.T) {
	root := write(t, "Devgatefile", "")
	replaceByPipe(t, filepath.Join(root, "Devgatefile"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, Options{Dir: root}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
}

// What is wrong in a file that several services name is said once.
func TestAnEnvFileOfSeveralServicesIsReadOnce(t *testing.T) {
	root := write(t, "a.env", "nothing\n", "Devgatefile", "[a]\ncommand = \"run\"\nenv_file = \"a.env\"\n[b]\ncommand = \"run\"\nenv_file = [\"a.env\", \"a.env\"]\n")
	_, err := Load(t.Context(), Options{Dir: root})
	if err == nil || strings.Count(err.Error(), "a.env:1:1: ") != 1 {
		t.Errorf("got %v", err)
	}
	replaceByPipe(t, filepath.Join(root, "a.env"))
	go os.WriteFile(filepath.Join(root, "a.env"), []byte("SECRET=1\n"), 0) // once; ends with its reader
	p := mustLoad(t, Options{Dir: root})
	for _, s := range p.Services {
		if got := value(s.Env, "SECRET"); got != "1" {
			t.Errorf("%s has SECRET=%s", s.Name, got)
		}
	}
}
