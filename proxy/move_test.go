package proxy

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"devgate/internal/oserr"
	"devgate/internal/testport"
)

// getAt asks the gateway at a port, on a connection of its own.
func getAt(host string, port int) (int, error) {
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	res, err := c.Get(fmt.Sprintf("http://%s/", net.JoinHostPort(host, fmt.Sprint(port))))
	if err != nil {
		return 0, err
	}
	res.Body.Close()
	return res.StatusCode, nil
}

// F4: the gateway moves to another port; who is connected stays, and the old
// port is free.
func TestMove(t *testing.T) {
	old, release := slowBackend(t, "b")
	g := gateway(t, Config{}, &testBackend{Backend: Backend{Name: "b", Port: old.Port}})
	running := make(chan answer, 1)
	go func() { running <- g.get("/slow") }()
	eventually(t, "it runs", func() bool { return len(old.requests()) == 1 })
	from, to := g.Port(), testport.One(t)
	if err := g.Move("localhost", to); err != nil {
		t.Fatal(err)
	}
	if status, err := getAt("localhost", to); status != 200 || g.Port() != to {
		t.Errorf("at the new port %d: %d, %v; the gateway says %d", to, status, err, g.Port())
	}
	if status, err := getAt("localhost", from); err == nil {
		t.Errorf("at the old port: %d", status)
	}
	close(release)
	if got := <-running; got.body != "b" {
		t.Errorf("the running request: %+v", got)
	}
	if err := g.Move("localhost", from); err != nil {
		t.Errorf("back: %v", err)
	}
	if status, err := getAt("localhost", from); status != 200 {
		t.Errorf("back at the first port: %d, %v", status, err)
	}
}

// F4, G14: another host on the same port, and the Host names that it accepts.
func TestMoveToEveryAddressAndBack(t *testing.T) {
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ = strings.Cut(name, ".")
	name += ".local" // which nothing else accepts, whatever the machine is called
	g := gateway(t, Config{}, backend(t, "b", answers(200, "b")))
	port := g.Port()
	for _, host := range []string{"0.0.0.0", "localhost", "127.0.0.1"} {
		if err := g.Move(host, port); err != nil {
			t.Fatalf("to %s: %v", host, err)
		}
		if status, err := getAt("127.0.0.1", port); status != 200 {
			t.Errorf("on %s: %d, %v", host, status, err)
		}
		if machine := g.chain.Load().hosts.Allowed(name); machine != (host == "0.0.0.0") {
			t.Errorf("on %s, this machine's own names are accepted: %v", host, machine)
		}
	}
}

// F4, P4: a port that somebody else has changes nothing.
func TestMoveToAPortInUseChangesNothing(t *testing.T) {
	g := gateway(t, Config{}, backend(t, "b", answers(200, "b")))
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	port := g.Port()
	err = g.Move("localhost", busy.Addr().(*net.TCPAddr).Port)
	if !oserr.AddrInUse.In(err) {
		t.Errorf("got %v", err)
	}
	if status, err := getAt("localhost", port); status != 200 || g.Port() != port {
		t.Errorf("afterwards: %d, %v, at %d", status, err, g.Port())
	}
}

// F4: nobody who asks at a port of the moment is refused by a move of it to
// itself and to more addresses; moves before Serve count, too.
func TestMovesBeforeServe(t *testing.T) {
	g := New(Config{})
	if err := g.Listen("localhost", 0); err != nil {
		t.Fatal(err)
	}
	to := testport.One(t)
	for _, port := range []int{testport.One(t), to} {
		if err := g.Move("localhost", port); err != nil {
			t.Fatal(err)
		}
	}
	served := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { served <- g.Serve(ctx) }()
	var status atomic.Int64
	eventually(t, "it answers", func() bool {
		got, _ := getAt("localhost", to)
		status.Store(int64(got))
		return got != 0
	})
	stop()
	if err := <-served; err != nil || status.Load() != 404 {
		t.Errorf("status %d, Serve: %v", status.Load(), err)
	}
	if !strings.Contains(g.URL(), fmt.Sprint(to)) {
		t.Errorf("URL %s", g.URL())
	}
}
