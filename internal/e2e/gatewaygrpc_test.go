//go:build e2e

package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// grpcProgram is testdata/grpc, a module of its own, built once.
var grpcProgram = sync.OnceValues(func() (string, error) {
	program := filepath.Join(filepath.Dir(made.devgate), "grpc")
	return program, inFolder("testdata/grpc", "go", "build", "-o", program, ".")
})

// Two gRPC servers behind one port, called by a client that knows nothing of
// it: single calls, streams both ways, trailers, errors, and services that only
// the second has (G12).
func TestTwoGRPCServers(t *testing.T) {
	program, err := grpcProgram()
	if err != nil {
		t.Fatal(err)
	}
	p := emptyProject(t)
	p.write("Devgatefile", `
port = $GATEWAY

[users]
command = "exec `+program+` serve users"
port = $P1
protocol = "h2c"

[orders]
command = "exec `+program+` serve orders"
port = $P2
protocol = "h2c"
`)
	g := p.ready("2 backends")
	out, err := exec.Command(program, "call", "localhost:"+p.ports["GATEWAY"]).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var want strings.Builder
	for _, name := range []string{"users", "orders"} {
		want.WriteString(strings.ReplaceAll(`/shop.NAME/Get ada: NAME got ada, OK, trailer [NAME]
/shop.NAME/Get nobody: , NotFound "there is no nobody", trailer []
/shop.NAME/Get 2097152 bytes: NAME got 2097152 bytes, OK, trailer [NAME]
/shop.NAME/List: NAME item 0; NAME item 1; NAME item 2, OK, trailer [NAME]
/shop.NAME/Sum: NAME counted 200, OK
/shop.NAME/Chat: NAME heard one; NAME heard two; NAME heard three, OK
`, "NAME", name))
	}
	// Nobody has these; the last one's refusal is the client's.
	want.WriteString(`/shop.users/Later : , Unimplemented "unknown service shop.users", trailer []
/shop.orders/Later : , Unimplemented "not written yet", trailer []
/shop.products/Get : , Unimplemented "unknown service shop.products", trailer []
`)
	if string(out) != want.String() {
		t.Errorf("the client saw\n%s\nwant\n%s", out, &want)
	}
	requests := p.must("requests")
	if !strings.Contains(requests, "POST /shop.orders/Get") {
		t.Errorf("requests:\n%s", requests)
	}
	g.down()
}
