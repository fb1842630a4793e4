//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// repository is the root of devgate's own sources.
const repository = "../.."

// tools is what TestMain makes once for all tests.
type tools struct {
	devgate string // the program
	app     string // the servers of testdata/express, with their node_modules
}

// made is set by TestMain before any test runs, and never again.
var made tools

func TestMain(m *testing.M) {
	passHangupsOn()
	os.Exit(run(m))
}

// passHangupsOn lets children begin with SIGHUP as usual, also where the tests are
// run by nohup: devgate heeds that.
func passHangupsOn() {
	if !signal.Ignored(syscall.SIGHUP) {
		return
	}
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "devgate-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	if err := makeTools(dir); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return m.Run()
}

func makeTools(dir string) error {
	if err := findPrograms(); err != nil {
		return err
	}
	made = tools{devgate: filepath.Join(dir, "devgate"), app: filepath.Join(dir, "express")}
	if err := inFolder(repository, "go", "build", "-o", made.devgate, "."); err != nil {
		return fmt.Errorf("build devgate: %w", err)
	}
	if err := os.CopyFS(made.app, os.DirFS("testdata/express")); err != nil {
		return fmt.Errorf("copy servers: %w", err)
	}
	return npmCI(made.app)
}

func npmCI(dir string) error {
	if err := inFolder(dir, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"); err != nil {
		return fmt.Errorf("install what package-lock.json names: %w", err)
	}
	return nil
}

// needed are the programs of the tests, and a file that one of them reads, by their
// Debian packages.
var needed = map[string]string{
	"node": "nodejs", "npm": "npm", "python3": "python3", "tmux": "tmux", "flask": "python3-flask", "redis-server": "redis-server",
	"bindfs": "bindfs", "emacs": "emacs-nox", "git": "git", "patch": "patch", "rsync": "rsync", "vim": "vim",
	"nginx": "nginx-light", "haproxy": "haproxy", "caddy": "caddy",
	"bash": "bash", "zsh": "zsh", "fish": "fish", "/usr/share/bash-completion/bash_completion": "bash-completion",
}

// findPrograms looks for what the tests need. On a Debian machine it installs
// them where it may, so that a bare container can run the tests.
func findPrograms() error {
	missing := missingPrograms()
	if aptGet, err := exec.LookPath("apt-get"); len(missing) > 0 && err == nil && os.Geteuid() == 0 {
		install := append([]string{"install", "-y", "--no-install-recommends"}, missing...)
		if err := errors.Join(inFolder(".", aptGet, "update"), inFolder(".", aptGet, install...)); err != nil {
			return fmt.Errorf("install %s: %w", strings.Join(missing, ", "), err)
		}
		missing = missingPrograms()
	}
	if len(missing) > 0 {
		return fmt.Errorf("missing: install %s", strings.Join(missing, ", "))
	}
	return nil
}

// missingPrograms are the packages of what is not here, sorted.
func missingPrograms() (packages []string) {
	for program, name := range needed {
		_, err := exec.LookPath(program)
		if filepath.IsAbs(program) { // a file that is read
			_, err = os.Stat(program)
		}
		if err != nil {
			packages = append(packages, name)
		}
	}
	if _, err := os.Stat("/usr/bin/python3"); err == nil && exec.Command("/usr/bin/python3", "-c", "import uvicorn, starlette, websockets").Run() != nil {
		packages = append(packages, "python3-uvicorn", "python3-starlette", "python3-websockets")
	}
	slices.Sort(packages)
	return packages
}

// inFolder runs a program; its output is part of the error alone.
func inFolder(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}
