package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runner is a program that runs several commands and shows their lines.
type runner struct {
	name, path string
	missing    error // why it cannot be measured
	args       func(root string, commands []string) []string
}

// runners is set by TestMain before any benchmark runs, and never again.
var runners []runner

func devgateItself() runner { return runner{} }

// start runs the commands, with the output in a file.
func (p runner) start(b *testing.B, root string, commands []string) *up {
	b.Helper()
	if p.path == "" {
		return start(b, root)
	}
	return run(b, root, &up{b: b, cmd: exec.Command(p.path, p.args(root, commands)...), peer: true})
}

// measurable are the runners that are here. The others are named, so that a
// missing figure is never taken for one that was not asked for.
func measurable(b *testing.B) (all []runner) {
	b.Helper()
	for _, p := range runners {
		if p.missing != nil {
			b.Logf("%s: not measured: %v", p.name, p.missing)
			continue
		}
		all = append(all, p)
	}
	return all
}

// findRunners looks for the runners, and installs what is missing where it may:
// foreman as a Debian package, concurrently into dir.
func findRunners(dir string) []runner {
	foreman := runner{name: "foreman", args: func(root string, commands []string) []string {
		var file strings.Builder
		for i, command := range commands {
			fmt.Fprintf(&file, "a%d: %s\n", i, command)
		}
		os.WriteFile(filepath.Join(root, "Procfile"), []byte(file.String()), 0o644)
		return []string{"start"}
	}}
	foreman.path, foreman.missing = found("foreman", debian("ruby-foreman"))
	concurrently := runner{name: "concurrently", args: func(_ string, commands []string) []string { return commands }}
	concurrently.path, concurrently.missing = found(filepath.Join(dir, "node_modules", ".bin", "concurrently"),
		install("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error", "concurrently"))
	return []runner{foreman, concurrently}
}

// found is the path of a program, after an installation if need be.
func found(name string, install func() error) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	if err := install(); err != nil {
		return "", err
	}
	return exec.LookPath(name)
}

func debian(name string) func() error {
	if os.Geteuid() != 0 {
		return func() error { return fmt.Errorf("install %s", name) }
	}
	return install("apt-get", "install", "-y", "--no-install-recommends", name)
}

func install(name string, args ...string) func() error {
	return func() error {
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
		return nil
	}
}
