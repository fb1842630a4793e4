//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"devgate/internal/testport"
)

// project is a folder with servers and what devgate shall do with them.
type project struct {
	t     *testing.T
	dir   string
	mark  string            // NAME=value in the environment of every process
	ports map[string]string // GATEWAY, P1, P2, …
	env   []string
}

// newProject is a folder with the servers of testdata/express. When the test
// is over, no process of it may be left.
func newProject(t *testing.T) *project {
	t.Helper()
	p := emptyProject(t)
	if err := os.CopyFS(p.dir, os.DirFS("testdata/express")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(made.app, "node_modules"), p.path("node_modules")); err != nil {
		t.Fatal(err)
	}
	return p
}

// emptyProject is a folder with nothing in it.
func emptyProject(t *testing.T) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir(), ports: map[string]string{}}
	p.mark = fmt.Sprintf("DEVGATE_E2E=%d-%s", os.Getpid(), strings.ReplaceAll(t.Name(), "/", "-"))
	for _, name := range []string{"GATEWAY", "P1", "P2", "P3", "P4"} {
		p.ports[name] = strconv.Itoa(testport.One(t))
	}
	for _, v := range os.Environ() {
		// What colours devgate's lines, or moves its port, would change the tests.
		if name, _, _ := strings.Cut(v, "="); name != "PORT" && name != "FORCE_COLOR" && name != "CLICOLOR_FORCE" {
			p.env = append(p.env, v)
		}
	}
	p.env = append(p.env, p.mark)
	t.Cleanup(func() { p.mustBeGone() })
	return p
}

func (p *project) path(name string) string { return filepath.Join(p.dir, name) }

// write replaces a file as editors do: aside, then over the old one. $GATEWAY,
// $P1 and so on become ports.
func (p *project) write(name, text string) {
	p.t.Helper()
	text = os.Expand(text, func(v string) string {
		if port, ok := p.ports[v]; ok {
			return port
		}
		return "$" + v
	})
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.path(name+".new"), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(p.path(name+".new"), p.path(name)); err != nil {
		p.t.Fatal(err)
	}
}

// replace changes a text in a file that has it.
func (p *project) replace(name string, pairs ...string) {
	p.t.Helper()
	raw, err := os.ReadFile(p.path(name))
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(string(raw), pairs[i]) {
			p.t.Fatalf("%s has no %q", name, pairs[i])
		}
	}
	p.write(name, strings.NewReplacer(pairs...).Replace(string(raw)))
}

// command is devgate with arguments, in the project.
func (p *project) command(args ...string) *exec.Cmd {
	cmd := exec.Command(made.devgate, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

// do runs a devgate command to its end.
func (p *project) do(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*patience)
	defer cancel()
	var out, errs strings.Builder
	cmd := exec.CommandContext(ctx, made.devgate, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.dir, p.env, &out, &errs
	err := cmd.Run()
	if ctx.Err() != nil || cmd.ProcessState == nil {
		p.t.Fatalf("devgate %s: %v\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// must is do for a command that succeeds.
func (p *project) must(args ...string) string {
	p.t.Helper()
	stdout, stderr, code := p.do(args...)
	if code != 0 {
		p.t.Fatalf("devgate %s: exit %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

// service is one in `devgate status --json` (C5).
type service struct {
	Name, Kind, State string
	PID               *int
}

func (p *project) status() []service {
	p.t.Helper()
	var status struct{ Services []service }
	if err := json.Unmarshal([]byte(p.must("status", "--json")), &status); err != nil {
		p.t.Fatalf("status --json: %v", err)
	}
	return status.Services
}

// pidOf is the process of a service; 0: there is none.
func (p *project) pidOf(name string) int {
	p.t.Helper()
	for _, s := range p.status() {
		if s.Name == name && s.PID != nil {
			return *s.PID
		}
	}
	return 0
}

// url is an address at the gateway.
func (p *project) url(path string) string { return "http://localhost:" + p.ports["GATEWAY"] + path }
