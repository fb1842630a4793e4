package relay

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"devgate/internal/loopback"
	"devgate/internal/oserr"
)

// server answers each line with its name and the line, and after the client's
// end with "bye". It returns its port.
func server(t *testing.T, name, addr string) int {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(addr, "0"))
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	ctx, cut := context.WithCancel(context.Background())
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					fmt.Fprintf(conn, "%s %s\n", name, lines.Text())
				}
				io.WriteString(conn, name+" bye\n")
			})
		}
	})
	t.Cleanup(func() { l.Close(); cut(); work.Wait() })
	return l.Addr().(*net.TCPAddr).Port
}

// open is a relay on a free port, with which connections wait for long.
func open(t *testing.T) *Relay { return openWith(t, func() time.Duration { return time.Hour }) }

func openWith(t *testing.T, patience func() time.Duration) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	r, err := Open(port, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func (r *Relay) port() int { return r.listeners[0].Addr().(*net.TCPAddr).Port }

// client is a connection through the relay.
type client struct {
	t    *testing.T
	conn *net.TCPConn
	in   *bufio.Reader
}

func connect(t *testing.T, r *Relay, host string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(r.port())))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &client{t, conn.(*net.TCPConn), bufio.NewReader(conn)}
}

func (c *client) want(send, answer string) {
	c.t.Helper()
	if send != "" {
		fmt.Fprintln(c.conn, send)
	}
	if got, err := c.in.ReadString('\n'); err != nil || strings.TrimSuffix(got, "\n") != answer {
		c.t.Errorf("got %q and %v, want %q", got, err, answer)
	}
}

func TestConnectionsGoToTheServerOfTheirTimeAndStayThere(t *testing.T) {
	r := open(t)
	r.Aim(server(t, "old", "127.0.0.1"))
	first := connect(t, r, "127.0.0.1")
	first.want("a", "old a")
	r.Aim(server(t, "new", "127.0.0.1"))
	second := connect(t, r, "127.0.0.1")
	second.want("b", "new b")
	first.want("c", "old c")
	first.conn.CloseWrite() // what it has ended, it is still answered
	first.want("", "old bye")
	if _, err := first.in.ReadByte(); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

func TestAConnectionWaitsForAServer(t *testing.T) {
	r := open(t)
	early := connect(t, r, "127.0.0.1")
	fmt.Fprintln(early.conn, "a")
	r.Aim(server(t, "api", "127.0.0.1"))
	early.want("", "api a")
}

// It waits as long as its owner says, and no fixed time.
func TestAConnectionWaitsNoLongerThanItsOwnerSays(t *testing.T) {
	var patience atomic.Int64
	r := openWith(t, func() time.Duration { return time.Duration(patience.Load()) })
	if _, err := connect(t, r, "127.0.0.1").in.ReadByte(); err != io.EOF {
		t.Errorf("got %v, want the end", err)
	}
	patience.Store(int64(time.Hour)) // the next one asks anew
	late := connect(t, r, "127.0.0.1")
	fmt.Fprintln(late.conn, "a")
	r.Aim(server(t, "api", "127.0.0.1"))
	late.want("", "api a")
}

func TestBothFamiliesReachServersOfBothFamilies(t *testing.T) {
	if l, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Logf("this machine has no ::1 (%v): 127.0.0.1 alone", err)
	} else {
		l.Close()
		r := open(t)
		for _, host := range []string{"127.0.0.1", "::1"} {
			r.Aim(server(t, "on "+host, host))
			for _, from := range []string{"127.0.0.1", "::1"} {
				connect(t, r, from).want("a", "on "+host+" a")
			}
		}
	}
}

func TestAServerThatIsGoneLooksLikeOne(t *testing.T) {
	r := open(t)
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.Aim(gone.Addr().(*net.TCPAddr).Port)
	gone.Close()
	conn, err := loopback.Dial(t.Context(), r.port())
	if err == nil { // else the reset has come before the connection was told
		defer conn.Close()
		_, err = conn.Read(make([]byte, 1))
	}
	if !oserr.Reset.In(err) {
		t.Errorf("got %v, want a reset", err)
	}
}

func TestCloseCutsEverythingAndFreesThePort(t *testing.T) {
	r := open(t)
	r.Aim(server(t, "api", "127.0.0.1"))
	served := connect(t, r, "127.0.0.1")
	served.want("a", "api a")
	r.Aim(0)
	waiting := connect(t, r, "127.0.0.1")
	r.Close()
	for _, c := range []*client{served, waiting} {
		if _, err := c.in.ReadByte(); err == nil {
			t.Error("a connection outlives its relay")
		}
	}
	again, err := loopback.Listen(r.port())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range again {
		l.Close()
	}
}
