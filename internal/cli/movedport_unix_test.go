//go:build unix

package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"devgate/internal/logmux"
	"devgate/internal/testport"
)

// P4: a backend that listens elsewhere is told of within 2 s of listening.
func TestAMovedPortIsToldWithinTwoSeconds(t *testing.T) {
	ports := testport.Some(t, 3)
	root := t.TempDir()
	text := fmt.Sprintf("port = %d\n[web]\ncommand = \"serve -port %d -name web\"\nport = %d\n", ports[0], ports[1], ports[2])
	if err := os.WriteFile(filepath.Join(root, "Devgatefile"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("devgate", "up", "--format", "json")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "PIDS="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Signal(syscall.SIGTERM)
	var listens time.Time
	for lines := json.NewDecoder(out); ; {
		var l logmux.Line
		if err := lines.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if l.Stream == "stdout" && strings.HasPrefix(l.Text, "web listens on") {
			listens = l.At
		}
		if l.Stream == "devgate" && strings.Contains(l.Text, "not on") {
			if late := l.At.Sub(listens); late > 2*time.Second {
				t.Errorf("told after %v", late)
			}
			return
		}
	}
}
