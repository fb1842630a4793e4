//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"testing"
)

// Events arrive while the answer is still open (G5): the server sends the
// second one only after the test, which has seen the first, asked for it.
func TestEventsArriveAsTheyAreSent(t *testing.T) {
	twoServers.each(t, "2 backends", func(t *testing.T, g *gateway) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		ask, err := http.NewRequestWithContext(ctx, "GET", g.url("/live/events"), nil)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := http.DefaultTransport.RoundTrip(ask)
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Body.Close()
		if got := stream.Header.Get("Content-Type"); got != "text/event-stream; charset=utf-8" {
			t.Errorf("Content-Type: %q", got)
		}
		lines := bufio.NewReader(stream.Body)
		if line, err := lines.ReadString('\n'); line != "data: first\n" {
			t.Fatalf("first line %q, %v", line, err)
		}
		g.get(t, "/live/events/next", 200, "users=404, live=200")
		if rest, err := io.ReadAll(lines); string(rest) != "\ndata: second\n\n" {
			t.Errorf("rest %q, %v", rest, err)
		}
		g.down()
	})
}

// A client that leaves is gone for the server, too (G5).
func TestAClientThatLeavesEndsItsStream(t *testing.T) {
	p := newProject(t)
	p.write("Devgatefile", twoServers.devgatefile)
	g := p.ready("2 backends")
	g.openStream().Close()
	g.out.await(t, `^live +\| the listener has left$`)
	g.down()
}

// openStream returns the body of a stream whose first event has arrived.
func (g *gateway) openStream() io.ReadCloser {
	g.t.Helper()
	stream, err := http.Get(g.url("/live/events"))
	if err != nil {
		g.t.Fatal(err)
	}
	if line, err := bufio.NewReader(stream.Body).ReadString('\n'); line != "data: first\n" {
		g.t.Fatalf("first line %q, %v", line, err)
	}
	return stream.Body
}

// A stream that is open does not keep devgate from ending: it is not waited
// for (G4).
func TestAnOpenStreamDoesNotDelayTheEnd(t *testing.T) {
	p := newProject(t)
	p.write("Devgatefile", twoServers.devgatefile)
	g := p.ready("2 backends")
	stream := g.openStream()
	defer stream.Close()
	g.down()
	if _, err := io.ReadAll(stream); err == nil {
		t.Error("the stream looks complete, and it was cut (G5)")
	}
}

// A server that ends with its last connection is not kept alive by the idle
// ones that devgate holds to it: with a grace of a minute, a restart that waited
// for them would be noticed here (G11).
func TestIdleConnectionsDoNotDelayARestart(t *testing.T) {
	p := newProject(t)
	p.env = append(p.env, "GRACEFUL=1")
	p.write("Devgatefile", twoServers.devgatefile+"grace = \"1m\"\n")
	g := p.ready("2 backends")
	g.get(t, "/live", 200, "users=404, live=200")
	p.must("restart", "--wait", "live")
	g.out.await(t, `^live +\| closing$`)
	g.get(t, "/live", 200, "users=404, live=200")
	g.down()
}

// An open stream or socket keeps such a server for its grace at most. A stream
// looks cut to its client; both can be opened again (G4, G5).
func TestStreamsAndSocketsEndWithTheirServer(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.env = append(p.env, "GRACEFUL=1")
	p.write("Devgatefile", twoServers.devgatefile+"grace = \"1m\"\n")
	g := p.ready("2 backends")
	stream := g.openStream()
	defer stream.Close()
	s := g.openSocket()
	p.must("restart", "--wait", "live")
	if _, err := io.ReadAll(stream); err == nil {
		t.Error("the stream looks complete, and it was cut")
	}
	s.expectEnd()
	g.openStream().Close()
	g.openSocket()
	g.down()
}
