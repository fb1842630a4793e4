package proxy

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// A connection that comes while the gateway ends is not counted, neither when it
// comes nor when it goes.
func TestAConnectionThatComesTooLateIsNotCounted(t *testing.T) {
	g := New(Config{})
	<-g.clients.close()
	ours, theirs := net.Pipe()
	defer theirs.Close()
	g.countClient(ours, http.StateNew)
	g.countClient(ours, http.StateClosed)
	if g.clients.n != 0 {
		t.Errorf("%d connections are counted", g.clients.n)
	}
}

// F4: a gateway whose old address was taken while it moved in vain says that
// nobody can reach it.
func TestAGatewayThatCannotComeBackSaysSo(t *testing.T) {
	var said []string
	g := New(Config{Logf: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }})
	if err := g.Listen("127.0.0.1", 0); err != nil {
		t.Fatal(err)
	}
	address := g.listeners[0].Addr().String()
	g.listeners[0].Close()
	other, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	g.reopen()
	if len(said) != 1 || !strings.HasPrefix(said[0], "nobody can reach the gateway any more: its old address is taken: listen on "+address) {
		t.Errorf("said %q", said)
	}
}
