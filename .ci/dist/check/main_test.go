package check

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// version is what the tests build; no release has it.
const version = "0.0.9-rc.1"

// dist is the folder with the release, and root that of the project.
var dist, root string

func TestMain(m *testing.M) {
	code, err := all(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func all(m *testing.M) (code int, err error) {
	if root, err = filepath.Abs("../../.."); err != nil {
		return 0, err
	}
	if err := installTools(); err != nil {
		return 0, err
	}
	if dist = os.Getenv("DEVGATE_DIST"); dist == "" {
		if dist, err = os.MkdirTemp("", "dist"); err != nil {
			return 0, err
		}
		defer os.RemoveAll(dist)
		if err := release(dist); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// release makes all artefacts in a folder.
func release(out string, env ...string) error {
	cmd := exec.Command(filepath.Join(root, ".ci", "release"), version)
	cmd.Env = append(append(os.Environ(), "OUT="+out), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// installTools gets what the tests need beside Go and node, where that is ours to do.
func installTools() error {
	packages := map[string]string{"npm": "npm", "dpkg": "dpkg", "rpm": "rpm", "ruby": "ruby", "man": "man-db"}
	if runtime.GOOS != "linux" {
		packages = map[string]string{"npm": "npm", "ruby": "ruby"}
	}
	var missing []string
	for program, name := range packages {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("these are needed and not there: %v", missing)
	}
	install := append([]string{"install", "-y", "--no-install-recommends"}, missing...)
	return errors.Join(exec.Command("apt-get", "update").Run(), exec.Command("apt-get", install...).Run())
}

// run runs a program that must succeed, and returns its standard output.
func run(t *testing.T, folder string, argv ...string) string {
	t.Helper()
	var out, complaint bytes.Buffer
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &out, &complaint
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s%s", argv, err, &out, &complaint)
	}
	return out.String()
}

// artefact is the path of an artefact.
func artefact(name string) string { return filepath.Join(dist, name) }
