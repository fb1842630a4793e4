package proxy

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"devgate/internal/testport"
)

// remoteAt is a backend elsewhere.
func remoteAt(url string) *testBackend {
	return &testBackend{Backend: Backend{Name: "remote", Remote: true, URL: mustParse(url)}}
}

// G9: why a backend elsewhere cannot be reached is told apart, with what to do; one
// that is optional is skipped, whatever it is.
func TestWhyNobodyIsReached(t *testing.T) {
	secured := httptest.NewTLSServer(answers(200, "secret"))
	t.Cleanup(secured.Close)
	plain := backend(t, "plain", answers(200, ""))
	hangs := rawBackend(t, "hangs", func(nc net.Conn, br *bufio.Reader) { br.ReadByte() })
	for _, c := range []struct{ url, word, says string }{
		{fmt.Sprintf("http://127.0.0.1:%d", testport.One(t)), "refused", "does not accept connections"},
		{"http://no..such.host", "dns", "nobody knows the host"},
		{secured.URL, "tls", "verify = false"},
		{strings.Replace(secured.URL, "127.0.0.1", "localhost", 1), "tls", "verify = false"},
		{fmt.Sprintf("https://127.0.0.1:%d", plain.Port), "tls", "does not speak TLS"},
		{fmt.Sprintf("https://127.0.0.1:%d", hangs.Port), "tls", "does not speak TLS"},
	} {
		t.Run(c.url, func(t *testing.T) {
			remote := remoteAt(c.url)
			g := gateway(t, Config{}, remote, backend(t, "next", answers(200, "next")))
			got := g.get("/")
			if got.status != 502 || got.header.Get("X-Devgate-Error") != c.word || !strings.Contains(got.body, c.says) || !strings.Contains(got.body, "urn:devgate:"+c.word) {
				t.Errorf("%+v", got)
			}
			remote.Optional = true
			g = gateway(t, Config{}, remote, backend(t, "next", answers(200, "next")))
			if got := g.get("/"); got.body != "next" || got.header.Get("X-Devgate-Tried") != "remote="+c.word+", next=200" {
				t.Errorf("optional: %+v", got)
			}
		})
	}
}

// A certificate that nobody has signed is taken where verify = false says so.
func TestAnUnverifiedCertificate(t *testing.T) {
	secured := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) }))
	t.Cleanup(secured.Close)
	remote := remoteAt(secured.URL)
	remote.Unverified = true
	g := gateway(t, Config{}, remote)
	if got := g.get("/"); got.status != 200 || got.body != strings.TrimPrefix(secured.URL, "https://") {
		t.Errorf("%+v", got)
	}
	g.reconfigure(func(c *Config) { c.Backends[0].Unverified = false })
	if got := g.get("/"); got.header.Get("X-Devgate-Error") != "tls" {
		t.Errorf("verified again: %+v", got)
	}
}

// A process that lives, and whose port is closed, is skipped when it is optional.
func TestAnOptionalBackendWithAClosedPort(t *testing.T) {
	closed := &testBackend{Backend: Backend{Name: "closed", Port: testport.One(t), Optional: true}}
	g := gateway(t, Config{}, closed, backend(t, "next", hashes(200)))
	g.notice = 0
	if got := g.post("/", "body"); !strings.HasPrefix(got.body, hash("body")) || got.header.Get("X-Devgate-Tried") != "closed=refused, next=200" {
		t.Errorf("%+v", got)
	}
}

// G9: a backend that somebody stopped has not crashed, and says how to start it.
func TestStopped(t *testing.T) {
	a := backend(t, "a", answers(200, ""))
	g := gateway(t, Config{}, a)
	g.SetState("a", State{Phase: Down, Stopped: true, Reason: "stopped"})
	for _, header := range [][]string{nil, navigation} {
		got := g.get("/", header...)
		if got.status != 502 || got.header.Get("X-Devgate-Error") != "stopped" || !strings.Contains(got.body, "devgate start a") || strings.Contains(got.body, "crashed") {
			t.Errorf("%+v", got)
		}
	}
	if tried := g.get("/").header.Get("X-Devgate-Tried"); tried != "a=stopped" {
		t.Errorf("%s", tried)
	}
}
