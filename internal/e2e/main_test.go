//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
	os.Exit(run(m))
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
	if err := findNode(); err != nil {
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

// findNode looks for Node and npm. On a Debian machine it installs them where
// it may, so that a bare container can run the tests.
func findNode() error {
	if haveNode() {
		return nil
	}
	if aptGet, err := exec.LookPath("apt-get"); err == nil && runtime.GOOS == "linux" && os.Geteuid() == 0 {
		err := errors.Join(inFolder(".", aptGet, "update"), inFolder(".", aptGet, "install", "-y", "nodejs", "npm"))
		if err != nil {
			return fmt.Errorf("install nodejs and npm: %w", err)
		}
	}
	if !haveNode() {
		return errors.New("node or npm is missing: install nodejs and npm")
	}
	return nil
}

func haveNode() bool {
	_, noNode := exec.LookPath("node")
	_, noNPM := exec.LookPath("npm")
	return noNode == nil && noNPM == nil
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
