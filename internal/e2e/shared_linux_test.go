//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"testing"
)

// TestSharedFolder keeps W6 on a real FUSE file system: what somebody else
// writes there gives no event, and restarts the service even so. A line says
// why the folder is polled.
func TestSharedFolder(t *testing.T) {
	p := emptyProject(t)
	program, err := exec.LookPath("bindfs")
	if err != nil {
		t.Fatal(err)
	}
	behind := t.TempDir()
	if err := os.MkdirAll(p.path("src"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "--no-allow-other", behind, p.path("src")).CombinedOutput(); err != nil {
		t.Logf("nothing can be mounted here, so that nothing is shown: %v: %s", err, out)
		return
	}
	defer exec.Command("umount", p.path("src")).Run()
	write := func(text string) {
		if err := os.WriteFile(behind+"/main.go", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("package one\n")
	p.write("Devgatefile", "port = $GATEWAY\n[api]\ncommand = \"echo started >>starts; exec sleep 1000\"\nwatch = [\"src/**/*.go\"]\n")
	g := p.up()
	g.out.await(t, `src is polled every 500ms: it is on fuse, which does not tell of changes that others make$`)
	g.eventuallyStarts(1)
	write("package two\n")
	g.eventuallyStarts(2)
	write("package two, touched in size\n")
	g.eventuallyStarts(3)
	p.write("src/main.go", "package here\n")
	g.eventuallyStarts(4)
	g.down()
}
