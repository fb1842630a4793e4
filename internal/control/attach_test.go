package control

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"devgate/internal/oserr"
)

// stub is a Terminal that the test plays.
type stub struct {
	shown  chan Shown
	failed chan error
	did    chan string // what the client did
	refuse error       // the answer to input
}

func newStub() *stub {
	return &stub{shown: make(chan Shown), failed: make(chan error, 1), did: make(chan string, 100)}
}

func (s *stub) Next(ctx context.Context) (Shown, error) {
	select {
	case shown := <-s.shown:
		return shown, nil
	case err := <-s.failed:
		return Shown{}, err
	case <-ctx.Done():
		return Shown{}, ctx.Err()
	}
}

func (s *stub) Input(p []byte) error { s.did <- fmt.Sprintf("input %q", p); return s.refuse }
func (s *stub) Resize(size Size)     { s.did <- fmt.Sprintf("size %dx%d", size.Columns, size.Rows) }
func (s *stub) Close()               { s.did <- "closed" }

func (s *stub) want(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-s.did:
		if got != want {
			t.Fatalf("the client did %s, want %s", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("the client did not %s", want)
	}
}

func attached(t *testing.T, s *stub) (*Attachment, *fakeActions, *Server) {
	t.Helper()
	d := &fakeActions{terminal: s}
	_, client, server := running(t, d)
	a, err := client.Attach(t.Context(), "api", Size{300, 50})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a, d, server
}

func TestInputSizesAndOutputStayApart(t *testing.T) {
	s := newStub()
	a, d, _ := attached(t, s)
	if d.asked[0] != "attach api 300x50" {
		t.Errorf("asked %q", d.asked)
	}
	a.Input([]byte("s\x00\x01\x02\x03\x04")) // looks like a size
	a.Resize(Size{Columns: 105, Rows: 110})  // looks like input
	a.Input([]byte{3})
	s.want(t, `input "s\x00\x01\x02\x03\x04"`)
	s.want(t, "size 105x110")
	s.want(t, `input "\x03"`)
	for _, want := range []Shown{{Output: []byte("n\x1b[31mraw\xff")}, {Notice: "api has ended"}, {Output: []byte("e")}} {
		s.shown <- want
		if got, err := a.Next(); err != nil || !bytes.Equal(got.Output, want.Output) || got.Notice != want.Notice {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

func TestMuchOutputAndInputArriveWhole(t *testing.T) {
	s := newStub()
	a, _, _ := attached(t, s)
	much := strings.Repeat("0123456789abcdef", 3*maxFrame/16) + "end"
	go func() { s.shown <- Shown{Output: []byte(much)} }() // taken by the server at once
	var got []byte
	for len(got) < len(much) {
		shown, err := a.Next()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, shown.Output...)
	}
	if string(got) != much {
		t.Error("output was changed")
	}
	if err := a.Input([]byte(much)); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s.want(t, fmt.Sprintf("input %q", much[:maxFrame]))
	}
	s.want(t, `input "end"`)
}

func TestTheTerminalIsClosedWhenTheClientLeaves(t *testing.T) {
	s := newStub()
	a, _, _ := attached(t, s)
	a.Close()
	s.want(t, "closed")
	if _, err := a.Next(); err == nil {
		t.Error("Next goes on after Close")
	}
}

func TestAClientThatIsCutOffLearnsWhy(t *testing.T) {
	s := newStub()
	a, _, _ := attached(t, s)
	s.failed <- errors.New("cut off: too slow")
	if _, err := a.Next(); err == nil || err.Error() != "cut off: too slow" {
		t.Errorf("got %v", err)
	}
	s.want(t, "closed")
}

func TestInputThatIsRefusedIsANoticeAndNoEnd(t *testing.T) {
	s := newStub()
	s.refuse = errors.New("it does not read")
	a, _, _ := attached(t, s)
	a.Input([]byte("x"))
	if got, err := a.Next(); err != nil || got.Notice != "it does not read" {
		t.Errorf("got %q, %v", got, err)
	}
	a.Input([]byte("y"))
	s.want(t, `input "x"`)
	s.want(t, `input "y"`)
}

// Close waits for attached clients, which learn that devgate ends.
func TestCloseEndsAttachedClients(t *testing.T) {
	s := newStub()
	a, _, server := attached(t, s)
	server.Close()
	if len(s.did) != 1 {
		t.Error("Close did not wait")
	}
	s.want(t, "closed")
	if _, err := a.Next(); !errors.Is(err, io.EOF) || strings.Contains(err.Error(), "lost") {
		t.Errorf("got %v", err)
	}
}

// A terminal that takes nothing (Ctrl-S, a stopped client) does not keep devgate.
func TestAClientThatDoesNotReadHoldsUpTheEndForAMomentOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStub()
		conn, client := net.Pipe()
		defer client.Close()
		ctx, end := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			serveTerminal(ctx, s, conn, bufio.NewReader(conn))
			close(ended)
		}()
		s.shown <- Shown{Output: []byte("nobody reads this")}
		synctest.Wait()
		began := time.Now()
		end()
		<-ended
		if took := time.Since(began); took > 2*closePatience { // what is being written, and the last frame
			t.Errorf("it took %v", took)
		}
	})
}

// Whatever the system says of the connection, it is told that the devgate is gone.
func TestADevgateThatVanishesIsNotTakenForOneThatEnds(t *testing.T) {
	for _, said := range []struct {
		bytes string
		end   error
	}{
		{"", io.EOF}, {"o\x00\x00\x00\x05cut", io.EOF}, {"", &net.OpError{Op: "read", Err: oserr.Reset.Err()}}, {"o\x00", oserr.BrokenPipe.Err()},
	} {
		a := &Attachment{in: bufio.NewReader(io.MultiReader(strings.NewReader(said.bytes), iotest.ErrReader(said.end)))}
		for range 2 {
			if _, err := a.Next(); err == nil || err.Error() != "lost the connection to devgate: it has ended without a word" {
				t.Errorf("%q, %v: %v", said.bytes, said.end, err)
			}
		}
	}
}

func TestAClientThatSpeaksNonsenseIsDropped(t *testing.T) {
	for _, nonsense := range []string{"i\xff\xff\xff\xff", "?\x00\x00\x00\x00", "s\x00\x00\x00\x01x"} {
		s := newStub()
		a, _, _ := attached(t, s)
		io.WriteString(a.conn, nonsense)
		s.want(t, "closed")
	}
}
