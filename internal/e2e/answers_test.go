//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// What the last backend says is what the client gets, and nothing of the
// refused answers before it (G1).
func TestHeadersAreThoseOfTheBackendThatAnswered(t *testing.T) {
	twoServers.each(t, "2 backends", func(t *testing.T, g *gateway) {
		login := g.get(t, "/live/login", 200, "users=404, live=200")
		cookies := login.header.Values("Set-Cookie")
		if want := []string{"asked=live; Path=/", "session=1; Path=/; HttpOnly", "theme=dark; Path=/"}; !slices.Equal(cookies, want) {
			t.Errorf("cookies %q, want %q", cookies, want)
		}
		if roles := login.header.Values("X-Role"); !slices.Equal(roles, []string{"live"}) {
			t.Errorf("X-Role: %q", roles)
		}
		if backend := login.header.Get("X-Devgate-Backend"); backend != "live" {
			t.Errorf("X-Devgate-Backend: %q (G9)", backend)
		}
		if timing := login.header.Get("Server-Timing"); !strings.Contains(timing, "users") || !strings.Contains(timing, "live") {
			t.Errorf("Server-Timing: %q (G9)", timing)
		}
		zippedStaysZipped(t, g)
		headHasNoBody(t, g)
		g.down()
	})
}

func zippedStaysZipped(t *testing.T, g *gateway) {
	zipped := g.ask(t, request{method: "GET", path: "/live/zipped", header: headers("Accept-Encoding", "gzip")})
	zipped.check(t, "zipped", 200, "users=404, live=200")
	reader, err := gzip.NewReader(bytes.NewReader(zipped.body))
	if err != nil || zipped.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not as it was zipped: %v %v", zipped.header, err)
	}
	text, err := io.ReadAll(reader)
	if want := strings.Repeat("zipped by live\n", 100); err != nil || string(text) != want {
		t.Errorf("%d bytes, want %d: %v", len(text), len(want), err)
	}
}

// headHasNoBody asks twice on one connection: a body of the first answer would
// be the begin of the second.
func headHasNoBody(t *testing.T, g *gateway) {
	conn, err := net.Dial("tcp", "localhost:"+g.ports["GATEWAY"])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	read := bufio.NewReader(conn)
	for _, method := range []string{"HEAD", "GET"} {
		if _, err := io.WriteString(conn, method+" /live HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		got, err := http.ReadResponse(read, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		body, err := io.ReadAll(got.Body)
		if err != nil || got.StatusCode != 200 || got.ContentLength != 29 || (len(body) == 0) != (method == "HEAD") {
			t.Errorf("%s: %s, length %d, %q, %v", method, got.Status, got.ContentLength, body, err)
		}
	}
}

// A host of a stranger is refused, and loopback is there on both families (G14).
func TestTheGatewayIsForThisMachine(t *testing.T) {
	p := newProject(t)
	p.write("Devgatefile", twoServers.devgatefile)
	g := p.ready("2 backends")
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		got, err := http.Get("http://" + host + ":" + p.ports["GATEWAY"] + "/users")
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != 200 {
			t.Errorf("%s: %s", host, got.Status)
		}
	}
	stranger, err := http.NewRequest("GET", p.url("/users"), nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger.Host = "evil.example"
	got, err := http.DefaultClient.Do(stranger)
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	if got.StatusCode != 403 || got.Header.Get("X-Devgate-Error") != "host" {
		t.Errorf("a stranger gets %s, X-Devgate-Error: %q", got.Status, got.Header.Get("X-Devgate-Error"))
	}
	g.signal(syscall.SIGTERM)
}
