//go:build unix

package mcp_test

import (
	"os/exec"
	"syscall"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"devgate/internal/control"
)

// P1 is devgate's own: what up has started belongs neither to the server nor to the
// agent, and lives on when both are killed with all that is in their process group.
func TestWhatUpStartsOutlivesTheServer(t *testing.T) {
	dir := project(t, shop)
	cmd := exec.Command("devgate", "mcp")
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &sdk.CommandTransport{Command: cmd}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "up", Arguments: map[string]any{}}); err != nil || r.IsError {
		t.Fatalf("up: %v %s", err, pretty(t, r))
	}
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	session.Wait()
	var status control.Status
	if serveRaw(t, dir).must("status", nil, &status); status.State.String() != "ready" {
		t.Errorf("after the end of the server: %+v", status)
	}
}
