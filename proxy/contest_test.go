package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"devgate/internal/testport"
)

// hangsUp reads a request, says that much, and ends the connection: with a reset,
// or in order.
func hangsUp(says string, reset bool) func(net.Conn, *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		if _, err := http.ReadRequest(br); err != nil {
			return
		}
		io.WriteString(nc, says)
		if reset {
			nc.(*net.TCPConn).SetLinger(0)
		}
	}
}

// losers are the ways in which servers refuse a socket that they do not know, or
// fail to, and what the trace says of each.
var losers = []struct {
	name  string
	serve func(net.Conn, *bufio.Reader)
	said  string
}{
	{"hangs up", hangsUp("", false), "hung up"},
	{"resets the connection", hangsUp("", true), "hung up"},
	{"ends in the head", hangsUp("HTTP/1.1 404 Not Fou", false), "hung up"},
	{"talks nonsense", hangsUp("SSH-2.0-x\r\n\r\n", false), "refused"},
	{"sends its page", says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\npage"), "200"},
	{"sends no content", says("HTTP/1.1 204 No Content\r\n\r\n"), "204"},
	{"forbids it", says("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"), "403"},
	{"wants another protocol", says("HTTP/1.1 426 Upgrade Required\r\nUpgrade: other\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n"), "426"},
	{"does not know it", says("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"), "404"},
}

// G7: whoever switches wins, in whichever place, whatever is wrong with the others;
// the path is remembered.
func TestWhoeverSwitchesWins(t *testing.T) {
	for _, loser := range losers {
		for place := range 3 {
			t.Run(fmt.Sprintf("another %s, the switcher in place %d", loser.name, place+1), func(t *testing.T) {
				t.Parallel()
				var chain []*testBackend
				tried := ""
				for i := range 3 {
					if i == place {
						chain = append(chain, rawBackend(t, "ws", switcher("")))
						continue
					}
					chain = append(chain, rawBackend(t, fmt.Sprint("other", i), loser.serve))
					if i < place {
						tried += fmt.Sprintf("other%d=%s, ", i, loser.said)
					}
				}
				g := gateway(t, Config{}, chain...)
				g.notice = time.Millisecond
				if _, _, head := g.upgrade("/socket", "", ""); !strings.HasPrefix(head, "HTTP/1.1 101") || !strings.Contains(head, "X-Devgate-Tried: "+tried+"ws=101\r\n") {
					t.Errorf("%q", head)
				}
				if _, _, head := g.upgrade("/socket", "", ""); !strings.Contains(head, "X-Devgate-Tried: ws=101\r\n") {
					t.Errorf("not remembered: %q", head)
				}
			})
		}
	}
}

// G7: a backend whose port is closed does not end the contest for the others.
func TestAContestantThatCannotBeReached(t *testing.T) {
	t.Parallel()
	closed := &testBackend{Backend: Backend{Name: "closed", Port: testport.One(t)}}
	for _, chain := range [][]*testBackend{{closed, rawBackend(t, "ws", switcher(""))}, {rawBackend(t, "ws", switcher("")), closed}} {
		g := gateway(t, Config{}, chain...)
		g.notice = time.Millisecond
		if _, _, head := g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 101") {
			t.Errorf("%q", head)
		}
	}
}

// G7: if nobody switches, the refusal that says most is the answer, wherever it
// stands; where nobody has said anything, what was wrong.
func TestNobodySwitches(t *testing.T) {
	most := []string{
		"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 426 No\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", "",
	}
	for i := range len(most) - 1 {
		for _, pair := range [][2]string{{most[i], most[i+1]}, {most[i+1], most[i]}} {
			var chain []*testBackend
			for n, answer := range pair {
				serve := says(answer)
				if answer == "" {
					serve = hangsUp("", false)
				}
				chain = append(chain, rawBackend(t, string(rune('a'+n)), serve))
				chain[n].Fallthrough = []int{401, 404}
			}
			g := gateway(t, Config{}, chain...)
			g.notice = time.Millisecond
			if _, _, head := g.upgrade("/", "", ""); head[:12] != most[i][:12] {
				t.Errorf("%q beside %q: %q", most[i], most[i+1], head)
			}
		}
	}
	g := gateway(t, Config{}, rawBackend(t, "a", hangsUp("", false)), rawBackend(t, "b", hangsUp("", true)))
	g.notice = time.Millisecond
	if _, _, head := g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 502") || !strings.Contains(head, "X-Devgate-Error: refused") || !strings.Contains(head, "a=hung up, b=hung up") {
		t.Errorf("all hang up: %q", head)
	}
}

// G7: of several refusals of a socket the one that says most is the answer.
func TestRanksOfSockets(t *testing.T) {
	for status, more := range map[int]int{401: 403, 403: 405, 405: 426, 426: 400, 400: 404, 404: 501, 501: 200} {
		if rankOfSocket(status) <= rankOfSocket(more) {
			t.Errorf("%d says no more than %d", status, more)
		}
	}
}

// G4, G7: a process that crashes is still 502, and its socket nobody else's.
func TestACrashEndsTheContest(t *testing.T) {
	var g *testGateway
	crashes := rawBackend(t, "crashes", func(nc net.Conn, br *bufio.Reader) {
		http.ReadRequest(br)
		g.SetState("crashes", State{Phase: Down, Reason: "exited with status 1"})
	})
	var asked atomic.Int64
	g = gateway(t, Config{}, crashes, rawBackend(t, "other", mute(&asked)))
	if _, _, head := g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 502") || !strings.Contains(head, "X-Devgate-Error: crashed") || asked.Load() > 0 {
		t.Errorf("%q, the other was asked %d times", head, asked.Load())
	}
}

// slow switches protocols when it is told to.
func slow(asked chan<- bool, release <-chan struct{}) func(net.Conn, *bufio.Reader) {
	return func(nc net.Conn, br *bufio.Reader) {
		head, err := br.Peek(1)
		if len(head) == 0 || err != nil {
			return
		}
		asked <- true
		<-release
		switcher("")(nc, br)
	}
}

// G7: a handshake may take as long as its client waits, whatever the others have
// said meanwhile; only who is known to leave foreign sockets unanswered is given up.
func TestASlowHandshakeIsWaitedFor(t *testing.T) {
	for name, other := range map[string]string{
		"a refusal":          "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
		"an answer":          "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
		"a page":             "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
		"a refused operator": "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked, release := make(chan bool, 1), make(chan struct{})
			g := gateway(t, Config{}, rawBackend(t, "slow", slow(asked, release)), rawBackend(t, "other", says(other)))
			nc := g.dial()
			fmt.Fprintf(nc, upgradeHead, "/", "")
			<-asked
			<-time.After(upgradePatience + 300*time.Millisecond)
			close(release)
			if line, err := bufio.NewReader(nc).ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 101") {
				t.Errorf("%q %v", line, err)
			}
		})
	}
}

// G6, G7: that a server leaves sockets unanswered is known once it has sent its page
// for a path that it does not know; a server that never sends pages is not asked.
func TestWhoLeavesSocketsUnanswered(t *testing.T) {
	t.Parallel()
	var probes atomic.Int64
	vite := rawBackend(t, "vite", func(nc net.Conn, br *bufio.Reader) {
		for {
			r, err := http.ReadRequest(br)
			if err != nil {
				return
			}
			if r.Header.Get("Upgrade") != "" {
				br.ReadByte()
				return
			}
			if strings.Contains(r.URL.Path, "probe") {
				probes.Add(1)
			}
			io.WriteString(nc, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\npage")
		}
	})
	vite.probed = true
	g := gateway(t, Config{}, vite, rawBackend(t, "api", says("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")))
	unknown := g.dial()
	fmt.Fprintf(unknown, upgradeHead, "/", "")
	<-time.After(upgradePatience + 300*time.Millisecond)
	if g.requests.count() != 1 || probes.Load() > 0 {
		t.Errorf("%d requests, %d probes", g.requests.count(), probes.Load())
	}
	unknown.Close()
	if got := g.get("/"); got.status != 200 {
		t.Fatalf("%+v", got)
	}
	began := time.Now()
	if _, _, head := g.upgrade("/", "", ""); !strings.HasPrefix(head, "HTTP/1.1 404") || !strings.Contains(head, "vite=silent, api=404") {
		t.Errorf("%q", head)
	}
	if took := time.Since(began); took < upgradePatience || probes.Load() == 0 {
		t.Errorf("after %s and %d probes", took, probes.Load())
	}
}
