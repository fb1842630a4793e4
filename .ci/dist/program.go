package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// readModule learns the module's path, which is also where the project is at home
// when it begins with the name of a host.
func (r *release) readModule() error {
	path := filepath.Join(r.source, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if r.module = modfile.ModulePath(data); r.module == "" {
		return fmt.Errorf("%s: no module line", path)
	}
	host, _, _ := strings.Cut(r.module, "/")
	if r.home == "" && strings.Contains(host, ".") {
		r.home = "https://" + r.module
	}
	return nil
}

// program builds devgate.
func (r *release) program(t target) ([]byte, error) {
	folder, err := os.MkdirTemp("", "dist")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, t.program())
	stamps := fmt.Sprintf("-s -w -X %[1]s/internal/cli.stamp=%[2]s -X %[1]s/internal/cli.stampCommit=%[3]s", r.module, r.version, r.commit)
	if _, err := r.run(t, "build", "-trimpath", "-buildvcs=false", "-ldflags", stamps, "-o", path, "."); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// run runs the go command over the source, for a target, and returns what it prints.
// Settings of the machine that show in what is built are set aside.
func (r *release) run(t target, args ...string) ([]byte, error) {
	var out, complaint bytes.Buffer
	cmd := exec.Command(cmp.Or(os.Getenv("GO"), "go"), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = r.source, &out, &complaint
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0", "GOOS="+t.os, "GOARCH="+t.arch)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, complaint.Bytes())
	}
	return out.Bytes(), nil
}
