//go:build e2e

package e2e

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// neighbour is a server as people have them beside an API.
type neighbour struct {
	name, table string
	own         string // a socket of its own; "" for none
	pages       bool   // it has a page for every path
}

// neighbours are tables of a Devgatefile for $P1.
var neighbours = []neighbour{
	{"ws", "[web]\ncommand = \"exec node paths.js\"\nport = $P1\n", "/own", false},
	{"socket.io", "[web]\ncommand = \"exec node socketio.js\"\nport = $P1\n", "/socket.io/?EIO=4&transport=websocket", false},
	{"uvicorn", "[web]\ncommand = \"exec /usr/bin/python3 -m uvicorn --port {port} starlette_app:app\"\nport = $P1\n", "/own", false},
	{"sirv", "[web]\ncommand = \"exec node_modules/.bin/sirv built --single --cors --port {port} --host 127.0.0.1\"\nport = $P1\n", "", true},
	{"serve", "[web]\ncommand = \"exec node_modules/.bin/serve --single built --cors --no-port-switching --listen tcp://127.0.0.1:{port}\"\nport = $P1\n", "", true},
	{"webpack-dev-server", webpackTable, "", true},
	{"Vite", viteTable, "", true},
}

// mediaTable is an API with a socket, parts, conditions and preflights.
const mediaTable = "[api]\ncommand = \"exec node media.js\"\nport = $P2\n"

// G2, G6, G7: what the API has is found before and behind each of them, in whatever
// form it is asked for, and so is what they have.
func TestAnAPIBesideRealServers(t *testing.T) {
	needStarlette(t)
	for _, n := range neighbours {
		for _, webFirst := range []bool{true, false} {
			name, tables := n.name+" first", n.table+"\n"+mediaTable
			if !webFirst {
				name, tables = n.name+" last", mediaTable+"\n"+n.table
			}
			t.Run(name, func(t *testing.T) {
				p := newFrontend(t)
				p.write("Devgatefile", "port = $GATEWAY\nname = \"shop\"\n\n"+tables)
				g := p.ready("2 backends")
				if n.pages {
					g.asks(t, "GET", "/", navigation(), 200, "web")
				}
				theVideo(t, g)
				theSockets(t, g, n)
				g.down()
			})
		}
	}
}

// needStarlette fails where uvicorn and Starlette are not; TestMain installs them
// where it may.
func needStarlette(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("/usr/bin/python3", "-c", "import uvicorn, starlette, websockets").CombinedOutput(); err != nil {
		t.Fatalf("install python3-uvicorn, python3-starlette and python3-websockets: %v\n%s", err, out)
	}
}

// asks sends a request and checks whose answer it is.
func (g *gateway) asks(t *testing.T, method, path string, h http.Header, status int, backend string) answer {
	t.Helper()
	got := g.ask(t, request{method: method, path: path, header: h})
	if got.status != status || got.header.Get("X-Devgate-Backend") != backend {
		t.Errorf("%s %s %v: %d of %s (%s)", method, path, h, got.status, got.header.Get("X-Devgate-Backend"), got.header.Get("X-Devgate-Tried"))
	}
	return got
}

// theVideo asks for the API's video in all forms, twice: what the first taught must
// not change the second.
func theVideo(t *testing.T, g *gateway) {
	t.Helper()
	for range 2 {
		part := g.asks(t, "GET", "/api/video", headers("Accept", "*/*", "Range", "bytes=2-6"), 206, "api")
		if string(part.body) != "video" {
			t.Errorf("the part is %q", part.body)
		}
		g.asks(t, "GET", "/api/video", headers("Accept", "*/*", "Range", "bytes=3000-3999"), 206, "api")
		g.asks(t, "GET", "/api/video", headers("Accept", "*/*", "If-None-Match", `"video"`), 304, "api")
		g.asks(t, "GET", "/api/video", headers("Accept", "*/*", "If-None-Match", `"other"`, "If-Modified-Since", "Tue, 01 Jan 2030 00:00:00 GMT"), 200, "api")
		g.asks(t, "GET", "/api/video", headers("Accept", "*/*", "If-Modified-Since", "Tue, 01 Jan 2030 00:00:00 GMT"), 200, "api")
		g.asks(t, "HEAD", "/api/video", headers("Accept", "*/*"), 200, "api")
		preflight := g.asks(t, "OPTIONS", "/api/video", headers("Origin", "http://other.test", "Access-Control-Request-Method", "PUT"), 204, "api")
		if preflight.header.Get("Access-Control-Allow-Methods") != "PUT" {
			t.Errorf("the preflight is answered %v", preflight.header)
		}
	}
}

// theSockets opens the API's socket and the other server's, twice: the second time
// nobody else is asked.
func theSockets(t *testing.T, g *gateway, n neighbour) {
	t.Helper()
	for i := range 2 {
		g.opens(t, "/socket", "api", i > 0)
		if n.own != "" {
			g.opens(t, n.own, "web", i > 0)
		}
	}
}

// opens makes a handshake and checks whose socket it is.
func (g *gateway) opens(t *testing.T, path, backend string, known bool) {
	t.Helper()
	s, head := g.dialSocket(t, path, "", "")
	if s == nil {
		t.Fatalf("no socket at %s: %s (%s)", path, head.Status, head.Header.Get("X-Devgate-Tried"))
	}
	defer s.conn.Close()
	asked := head.Header.Get("X-Devgate-Tried")
	if by := head.Header.Get("X-Devgate-Backend"); by != backend || known && strings.Contains(asked, ",") {
		t.Errorf("the socket at %s is %s's (%s)", path, by, asked)
	}
}
