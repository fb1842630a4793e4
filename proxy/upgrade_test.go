package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// switcher agrees to every upgrade, greets at once, and echoes what it gets in
// capitals until the end.
func switcher(greeting string) func(net.Conn, *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		r, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		fmt.Fprintf(nc, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\nSec-WebSocket-Accept: x\r\n\r\n%s", r.Header.Get("Upgrade"), greeting)
		for {
			line, err := br.ReadString('\n')
			if err != nil {
				io.WriteString(nc, "bye")
				return
			}
			io.WriteString(nc, strings.ToUpper(line))
		}
	}
}

const upgradeHead = "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: abc\r\n%s\r\n"

// upgrade asks for a switch and returns the head of the answer and the rest.
func (g *testGateway) upgrade(path, header, early string) (net.Conn, *bufio.Reader, string) {
	g.t.Helper()
	nc := g.dial()
	fmt.Fprintf(nc, upgradeHead+"%s", path, header, early)
	br := bufio.NewReader(nc)
	head, err := readBlock(br)
	if err != nil {
		g.t.Fatalf("%q %v", head, err)
	}
	return nc, br, string(head)
}

// G7: an upgrade falls through like anything else; early bytes of both sides
// arrive, and either side may say its last before the other.
func TestTunnel(t *testing.T) {
	inPlaces(t, Config{}, func(t *testing.T) *testBackend { return rawBackend(t, "ws", switcher("hello ")) }, func(t *testing.T, g *testGateway) {
		nc, br, head := g.upgrade("/ws", "", "early\n")
		for _, want := range []string{"HTTP/1.1 101 ", "Upgrade: websocket\r\n", "Sec-WebSocket-Accept: x\r\n", "X-Devgate-Backend: ws\r\n"} {
			if !strings.Contains(head, want) {
				t.Errorf("no %q in %q", want, head)
			}
		}
		io.WriteString(nc, "later\n")
		for _, want := range []string{"hello EARLY\n", "LATER\n"} {
			if got, err := br.ReadString('\n'); got != want {
				t.Fatalf("%q %v", got, err)
			}
		}
		nc.(*net.TCPConn).CloseWrite()
		if rest, err := io.ReadAll(br); string(rest) != "bye" || err != nil {
			t.Errorf("%q %v", rest, err)
		}
		eventually(t, "the tunnel ends", func() bool { return g.tunnels.count() == 0 })
	})
}

// G7: every status by which a server refuses a socket falls through.
func TestUpgradeFallsThrough(t *testing.T) {
	for _, status := range []int{404, 400, 403, 405, 426, 501, 200, 204} {
		g := gateway(t, Config{}, backend(t, "a", answers(status, "no")), rawBackend(t, "ws", switcher("")))
		if _, _, head := g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 101") || !strings.Contains(head, fmt.Sprintf("X-Devgate-Tried: a=%d, ws=101", status)) {
			t.Errorf("%d: %q", status, head)
		}
	}
	t.Run("another answer is the client's", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(401, "who?")), rawBackend(t, "ws", switcher("")))
		if _, _, head := g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 401") {
			t.Errorf("%q", head)
		}
	})
	t.Run("the preferred refusal is the client's when all refuse", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(404, "no")), backend(t, "b", answers(400, "bad")))
		if _, _, head := g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 400") || !strings.Contains(head, "a=404, b=400") {
			t.Errorf("%q", head)
		}
	})
	t.Run("h2c is not switched to", func(t *testing.T) {
		g := gateway(t, Config{}, backend(t, "a", answers(200, "plain")))
		if got := g.get("/", "Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c", "HTTP2-Settings", "x"); got.body != "plain" {
			t.Errorf("%+v", got)
		}
	})
}

// mute takes requests and says nothing until its client leaves.
func mute(asked *atomic.Int64) func(net.Conn, *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		http.ReadRequest(br)
		asked.Add(1)
		br.ReadByte()
	}
}

// G7: a backend that leaves a socket hanging does not block the next; the path
// is remembered, until a restart.
func TestSilentBackend(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	vite := rawBackend(t, "vite", mute(&asked))
	g := gateway(t, Config{}, vite, rawBackend(t, "ws", switcher("")))
	began := time.Now()
	_, _, head := g.upgrade("/socket", "", "")
	if d := time.Since(began); !strings.Contains(head, "X-Devgate-Tried: vite=silent, ws=101") || d < upgradeSilence {
		t.Errorf("%q after %s", head, d)
	}
	if _, _, head := g.upgrade("/socket", "", ""); !strings.Contains(head, "X-Devgate-Tried: ws=101\r\n") || asked.Load() != 1 {
		t.Errorf("not remembered: %q, vite was asked %d times", head, asked.Load())
	}
	if g.sockets.owner("/socket ") != "ws" {
		t.Error("not remembered by path")
	}
	g.SetState("ws", State{Phase: Waiting})
	g.SetState("ws", State{Phase: Ready})
	if g.sockets.owner("/socket ") != "" {
		t.Error("remembered over a restart")
	}
}

// G7: where all others refuse, a fallback that is silent costs two seconds in
// either order, not more, and the record says why it has no status.
func TestSilentBackendBesideARefusal(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	vite, api := rawBackend(t, "vite", mute(&asked)), backend(t, "api", answers(400, "no"))
	vite.probed, vite.SPA = true, On
	var both sync.WaitGroup
	for _, chain := range [][]*testBackend{{vite, api}, {api, vite}} {
		g := gateway(t, Config{}, chain...)
		both.Go(func() {
			began := time.Now()
			_, _, head := g.upgrade("/socket", "", "")
			if d := time.Since(began); !strings.HasPrefix(head, "HTTP/1.1 400") || d < upgradePatience {
				t.Errorf("%q after %s", head, d)
			}
			eventually(t, "it is recorded", func() bool { return len(g.Requests()) == 1 })
			for _, a := range g.Requests()[0].Cascade {
				if a.Backend == "vite" && (a.Status != 0 || a.Note != "silent") {
					t.Errorf("%+v", a)
				}
			}
		})
	}
	both.Wait()
}

// G4, G7: a backend that is starting is not silent: nobody after it is asked, and
// it is not given up.
func TestUpgradeIsHeldByWhoStarts(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	for _, first := range []string{"ws", "refuses"} {
		t.Run(first+" first", func(t *testing.T) {
			ws, other := rawBackend(t, "ws", switcher("")), backend(t, "refuses", answers(404, "no"))
			chain := []*testBackend{ws, other}
			if first == "refuses" {
				chain = []*testBackend{other, ws}
			}
			g := gateway(t, Config{}, append(chain, rawBackend(t, "mute", mute(&asked)))...)
			g.SetState("ws", State{Phase: Waiting})
			nc := g.dial()
			fmt.Fprintf(nc, upgradeHead, "/", "")
			eventually(t, "it is held", func() bool { return g.requests.count() == 1 && (first == "ws" || len(other.requests()) == 1) })
			<-time.After(upgradeSilence + 200*time.Millisecond)
			if asked.Load() > 0 || first == "ws" && len(other.requests()) > 0 {
				t.Error("the next is asked")
			}
			g.SetState("ws", State{Phase: Ready})
			if line, err := bufio.NewReader(nc).ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 101") {
				t.Errorf("%q %v", line, err)
			}
		})
	}
}

// G7: Vite's socket goes to who serves Vite's client.
func TestViteSocket(t *testing.T) {
	vite := rawBackend(t, "vite", func(nc net.Conn, br *bufio.Reader) {
		if head, _ := br.Peek(5); string(head) == "GET /" {
			if line, _ := br.Peek(len("GET /@vite/client")); strings.HasSuffix(string(line), viteClient) {
				says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(nc, br)
				return
			}
		}
		switcher("vite")(nc, br)
	})
	api := rawBackend(t, "api", func(nc net.Conn, br *bufio.Reader) {
		if line, _ := br.Peek(len("GET /@vite")); string(line) == "GET /@vite" {
			says("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")(nc, br)
			return
		}
		switcher("api")(nc, br)
	})
	g := gateway(t, Config{}, api, vite)
	if got := g.get(viteClient); got.status != 200 {
		t.Fatalf("%+v", got)
	}
	if _, _, head := g.upgrade("/", "Sec-WebSocket-Protocol: vite-hmr\r\n", ""); !strings.Contains(head, "X-Devgate-Backend: vite") {
		t.Errorf("%q", head)
	}
	if _, _, head := g.upgrade("/", "", ""); !strings.Contains(head, "X-Devgate-Backend: api") {
		t.Errorf("%q", head)
	}
}

// G4: an upgrade waits for a starting backend, too.
func TestUpgradeIsHeld(t *testing.T) {
	g := gateway(t, Config{}, rawBackend(t, "ws", switcher("")))
	g.SetState("ws", State{Phase: Waiting})
	nc := g.dial()
	fmt.Fprintf(nc, upgradeHead, "/", "")
	eventually(t, "it is held", func() bool { return g.requests.count() == 1 })
	g.SetState("ws", State{Phase: Ready})
	if line, err := bufio.NewReader(nc).ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 101") {
		t.Errorf("%q %v", line, err)
	}
}

// G7: tunnels do not outlive the gateway, nor either of their ends.
func TestTunnelsEnd(t *testing.T) {
	g := gateway(t, Config{}, rawBackend(t, "ws", switcher("")))
	a, _, _ := g.upgrade("/", "", "")
	_, b, _ := g.upgrade("/", "", "")
	a.(*net.TCPConn).SetLinger(0)
	a.Close()
	eventually(t, "the first ends", func() bool { return g.tunnels.count() == 1 })
	g.stop()
	if _, err := io.ReadAll(b); err != nil && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the second did not end: %v", err)
	}
}
