//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// frontends is the folder with the modules of testdata/frontends; TestMain
// removes it. They are many, so only tests that need them install them.
var frontends = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(filepath.Dir(made.devgate), "frontends")
	if err := os.CopyFS(dir, os.DirFS("testdata/frontends")); err != nil {
		return "", err
	}
	return dir, npmCI(dir)
})

// newFrontend is a folder with the servers of testdata/frontends.
func newFrontend(t *testing.T) *project {
	t.Helper()
	installed, err := frontends()
	if err != nil {
		t.Fatal(err)
	}
	p := emptyProject(t)
	if err := os.CopyFS(p.dir, os.DirFS("testdata/frontends")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(installed, "node_modules"), p.path("node_modules")); err != nil {
		t.Fatal(err)
	}
	return p
}

// apiTable is the API that is behind each of the front ends.
const apiTable = "[api]\ncommand = \"exec node api.js\"\nport = $P2\n"

// bothOrders runs a test with a front end in front of the API and behind it. G6
// and G7 promise the same answers.
func bothOrders(t *testing.T, web string, test func(t *testing.T, g *gateway, webFirst bool)) {
	for _, o := range []struct {
		name, tables string
		webFirst     bool
	}{
		{"the front end first", web + "\n" + apiTable, true},
		{"the API first", apiTable + "\n" + web, false},
	} {
		t.Run(o.name, func(t *testing.T) {
			p := newFrontend(t)
			p.write("Devgatefile", "port = $GATEWAY\nname = \"shop\"\n\n"+o.tables)
			test(t, p.ready("2 backends"), o.webFirst)
		})
	}
}

// tried is the wanted X-Devgate-Tried in either order.
func tried(webFirst bool, ifWebFirst, ifAPIFirst string) string {
	if webFirst {
		return ifWebFirst
	}
	return ifAPIFirst
}

// navigation are the headers of a browser that goes to a page.
func navigation() http.Header {
	return headers("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
		"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
}

// script are those of a <script type=module> or import.
func script() http.Header {
	return headers("Accept", "*/*", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "script")
}

// fetching are those of fetch() without options.
func fetching() http.Header {
	return headers("Accept", "*/*", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty", "Accept-Encoding", "identity")
}

// with is ask for a request with these headers, and its checks.
func (g *gateway) with(t *testing.T, h http.Header, method, path string, status int, tried string) answer {
	t.Helper()
	r := request{method: method, path: path, header: h}
	if method == "POST" {
		r.body = []byte(`{"name":"Alan"}`)
		h.Set("Content-Type", "application/json")
	}
	got := g.ask(t, r)
	got.check(t, method+" "+path, status, tried)
	return got
}

// theAPIAnswers shows what Express answers, for any front end beside it. A POST
// is never held back: the front end's 404 passes it on.
func theAPIAnswers(t *testing.T, g *gateway, webFirst bool) {
	t.Helper()
	for range 2 { // what the first taught must not change the second
		users := g.with(t, fetching(), "GET", "/api/users", 200, tried(webFirst, "web=200, api=200", "api=200"))
		if got := string(users.body); got != `[{"name":"Ada"},{"name":"Grace"}]` {
			t.Errorf("fetch: %.200s", got)
		}
		if kind := users.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") || users.header.Get("X-Devgate-Backend") != "api" {
			t.Errorf("fetch: %s from %s", kind, users.header.Get("X-Devgate-Backend"))
		}
		added := g.with(t, fetching(), "POST", "/api/users", 201, tried(webFirst, "web=404, api=201", "api=201"))
		added.contains(t, `{"added":"Alan"}`)
	}
}

// theAppSocket talks over the API's own WebSocket, twice: the first time the
// front end lets it hang for a second, the second time its owner is known.
func theAppSocket(t *testing.T, g *gateway) {
	t.Helper()
	for i := range 2 {
		s, head := g.dialSocket(t, "/socket", "", "")
		if s == nil {
			t.Fatalf("no upgrade: %s, %v", head.Status, head.Header)
		}
		s.expect(textFrame, []byte("hello from the API"))
		s.send(textFrame, []byte("one"))
		s.expect(textFrame, []byte("one"))
		if by := head.Header.Get("X-Devgate-Backend"); by != "api" {
			t.Errorf("the socket is %q's", by)
		}
		if asked := head.Header.Get("X-Devgate-Tried"); i == 1 && asked != "api=101" {
			t.Errorf("asked for the second socket: %s, as if nothing had been learned", asked)
		}
		s.conn.Close()
	}
}

// dialSocket is a handshake as a browser makes it, with a subprotocol and an
// origin where they are not empty.
func (g *gateway) dialSocket(t *testing.T, path, protocol, origin string) (*socket, *http.Response) {
	t.Helper()
	more := ""
	if protocol != "" {
		more += "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	if origin != "" {
		more += "Origin: " + origin + "\r\n"
	}
	return dialSocket(t, "localhost:"+g.ports["GATEWAY"], path, more)
}

func dialSocket(t *testing.T, address, path, more string) (*socket, *http.Response) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(2 * patience))
	nonce := make([]byte, 16)
	rand.Read(nonce)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n%s"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", path, address, more, base64.StdEncoding.EncodeToString(nonce))
	s := &socket{t, conn, bufio.NewReader(conn)}
	head, err := http.ReadResponse(s.read, nil)
	if err != nil {
		t.Fatalf("handshake: %v", err)
	}
	if head.StatusCode != http.StatusSwitchingProtocols {
		return nil, head
	}
	return s, head
}

// until reads text frames to the first one that contains all of the words.
func (s *socket) until(words ...string) string {
	s.t.Helper()
	var seen []string
	for {
		_, text, err := s.frame()
		if err != nil {
			s.t.Fatalf("no frame with %q: %v; there were %q", words, err, seen)
		}
		seen = append(seen, text)
		found := 0
		for _, w := range words {
			if strings.Contains(text, w) {
				found++
			}
		}
		if found == len(words) {
			return text
		}
	}
}

// why is `devgate why --json`.
type why struct {
	Method, Path, Backend string
	Status                int
	Cascade               []struct {
		Backend, Note string
		Status        int
	}
}

func (g *gateway) why(t *testing.T, args ...string) (w why) {
	t.Helper()
	out := g.must(append([]string{"why", "--json"}, args...)...)
	if err := json.Unmarshal(bytes.TrimSpace([]byte(out)), &w); err != nil {
		t.Fatalf("why: %v\n%s", err, out)
	}
	return w
}

// steps is the cascade in one line.
func (w why) steps() string {
	var all []string
	for _, c := range w.Cascade {
		all = append(all, fmt.Sprintf("%s=%d (%s)", c.Backend, c.Status, c.Note))
	}
	return strings.Join(all, ", ")
}

// port is one of the project's ports as a number.
func (p *project) port(name string) int {
	n, _ := strconv.Atoi(p.ports[name])
	return n
}
