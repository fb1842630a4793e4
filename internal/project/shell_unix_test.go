//go:build unix

package project

import (
	"slices"
	"strings"
	"testing"
)

// N2: the shell of a service runs all its texts and none of its lists, and sh is what a text
// is run by here anyway.
func TestShellRunsTheTexts(t *testing.T) {
	root := write(t, "Devgatefile", `
[defaults]
shell = "sh"
[api]
command = "X=1; a {port}"
build = ["b", "c d"]
stop = "e"
ready = { exec = "f" }
port = 4001
[old]
shell = "cmd"
command = "dir {port}"
build = ["b"]
port = 4002
[new]
shell = "pwsh"
command = "ls"
`)
	p := mustLoad(t, Options{Dir: root})
	api, old := p.Service("api"), p.Service("old")
	for _, c := range []struct{ got, want []string }{
		{api.Command, []string{"/bin/sh", "-c", "X=1; a 4001"}},
		{api.Build, []string{"b", "c d"}},
		{api.Stop, []string{"/bin/sh", "-c", "exec e"}},
		{api.ReadyExec, []string{"/bin/sh", "-c", "exec f"}},
		{old.Command, []string{"cmd.exe", "/d", "/s", "/c", "dir 4002"}},
		{p.Service("new").Command[:2], []string{"pwsh", "-NoLogo"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if err := old.Refused(old.Service.Command); err == nil || !strings.Contains(err.Error(), "which only Windows has") {
		t.Errorf("cmd is not refused: %v", err)
	}
	for _, err := range []error{old.Refused(old.Service.Build), api.Refused(api.Service.Command)} {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
	}
}
