//go:build unix

package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"devgate/internal/control"
)

// raceCommand starts devgate in several folders at once, and waits for all of them.
func raceCommand(ts *testscript.TestScript, neg bool, folders []string) {
	outs := make([]strings.Builder, len(folders))
	errs := make(chan error, len(folders))
	begin := make(chan struct{})
	for i, folder := range folders {
		cmd := exec.Command(filepath.Join(binDir(ts), "devgate"), "up", "--detach")
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = ts.MkAbs(filepath.Join("..", folder)), environ(ts), &outs[i], &outs[i]
		go func() { <-begin; errs <- cmd.Run() }()
	}
	close(begin)
	var failed error
	for range folders {
		if err := <-errs; err != nil {
			failed = err
		}
	}
	for i := range outs {
		ts.Logf("%s: %s", folders[i], outs[i].String())
	}
	if neg || failed != nil {
		ts.Fatalf("not all have come up: %v", failed)
	}
}

// agreeCommand fails where two devgates share a port, one answers for another, or a
// checkout that had moved before is not where it was.
func agreeCommand(ts *testscript.TestScript, neg bool, folders []string) {
	b := benchOf(ts)
	var everywhere []int
	for _, folder := range folders {
		dir := ts.MkAbs(filepath.Join("..", folder))
		status := statusAt(ts, dir)
		ports := []int{portOf(status.URL)}
		for _, s := range status.Services {
			ports = append(ports, *s.Port)
		}
		everywhere = append(everywhere, ports...)
		for path, want := range map[string]string{"/who": "api: " + status.URL, "/page": "web: " + dir} {
			if got := textAt(ts, status.URL+path); got != want {
				ts.Fatalf("%s%s says %q, want %q", status.URL, path, got, want)
			}
		}
		before, known := b.moved[folder]
		if moved := status.Alias != nil; moved {
			if known && !slices.Equal(before, ports) {
				ts.Fatalf("%s had %v, and now has %v", folder, before, ports)
			}
			b.moved[folder] = ports
		}
	}
	slices.Sort(everywhere)
	if twice := len(everywhere) - len(slices.Compact(everywhere)); neg || twice > 0 {
		ts.Fatalf("%d ports are shared", twice)
	}
}

func statusAt(ts *testscript.TestScript, dir string) (s control.Status) {
	cmd := exec.Command(filepath.Join(binDir(ts), "devgate"), "status", "--json")
	cmd.Dir, cmd.Env, cmd.Stderr = dir, environ(ts), os.Stderr
	out, err := cmd.Output()
	ts.Check(err)
	ts.Check(json.Unmarshal(out, &s))
	return s
}

func textAt(ts *testscript.TestScript, url string) string {
	answer, err := http.Get(url)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	return strings.TrimSpace(string(body))
}
