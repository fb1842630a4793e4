//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"devgate/internal/oserr"
)

// The opcodes of frames (RFC 6455 section 5.2).
const (
	textFrame   = 1
	binaryFrame = 2
	closeFrame  = 8
	pingFrame   = 9
	pongFrame   = 10
)

// socket is the client's end of a WebSocket, without fragments and extensions.
type socket struct {
	t    *testing.T
	conn net.Conn
	read *bufio.Reader
}

// handshake opens a WebSocket at the gateway, or returns the answer that it got
// in its place.
func handshake(t *testing.T, g *gateway, path string) (*socket, *http.Response) {
	t.Helper()
	conn, err := net.Dial("tcp", "localhost:"+g.ports["GATEWAY"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	nonce := make([]byte, 16)
	rand.Read(nonce)
	key := base64.StdEncoding.EncodeToString(nonce)
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", path, g.ports["GATEWAY"], key)
	s := &socket{t, conn, bufio.NewReader(conn)}
	answer, err := http.ReadResponse(s.read, nil)
	if err != nil {
		t.Fatalf("handshake: %v", err)
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return nil, answer
	}
	hash := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	if got, want := answer.Header.Get("Sec-WebSocket-Accept"), base64.StdEncoding.EncodeToString(hash[:]); got != want {
		t.Errorf("Sec-WebSocket-Accept: %q, want %q", got, want)
	}
	return s, answer
}

// send writes one masked frame.
func (s *socket) send(opcode byte, payload []byte) {
	s.t.Helper()
	frame := []byte{0x80 | opcode}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n))
	}
	mask := [4]byte{1, 2, 3, 4}
	frame = append(frame, mask[:]...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%4])
	}
	if _, err := s.conn.Write(frame); err != nil {
		s.t.Fatalf("send frame: %v", err)
	}
}

// expect reads one frame and compares it.
func (s *socket) expect(opcode byte, payload []byte) {
	s.t.Helper()
	head := make([]byte, 2)
	if _, err := io.ReadFull(s.read, head); err != nil {
		s.t.Fatalf("read frame: %v", err)
	}
	length := uint64(head[1])
	if size := map[uint64]int{126: 2, 127: 8}[length]; size > 0 {
		long := make([]byte, 8)
		if _, err := io.ReadFull(s.read, long[8-size:]); err != nil {
			s.t.Fatalf("read frame: %v", err)
		}
		length = binary.BigEndian.Uint64(long)
	}
	got := make([]byte, length)
	if _, err := io.ReadFull(s.read, got); err != nil {
		s.t.Fatalf("read frame: %v", err)
	}
	if head[0] != 0x80|opcode || !bytes.Equal(got, payload) {
		s.t.Fatalf("frame %#x with %d bytes %.100q, want %#x with %d bytes %.100q", head[0], len(got), got, 0x80|opcode, len(payload), payload)
	}
}

// openSocket is a WebSocket on which the server has said hello.
func (g *gateway) openSocket() *socket {
	g.t.Helper()
	s, answer := handshake(g.t, g, "/live/socket")
	if s == nil {
		g.t.Fatalf("no upgrade: %s, %v", answer.Status, answer.Header)
	}
	s.expect(textFrame, []byte("hello from live"))
	return s
}

// expectEnd waits until the other side has ended it, in whatever way.
func (s *socket) expectEnd() {
	s.t.Helper()
	rest, err := io.ReadAll(s.read)
	if err != nil && !oserr.Reset.In(err) {
		s.t.Errorf("after %d bytes the socket is still open: %v", len(rest), err)
	}
}

// The upgrade falls through the Express server before, which says 404, and then
// both sides talk (G7).
func TestAWebSocketOnTheLastBackend(t *testing.T) {
	twoServers.each(t, "2 backends", func(t *testing.T, g *gateway) {
		s := g.openSocket()
		s.send(textFrame, []byte("is anybody there?"))
		s.expect(textFrame, []byte("is anybody there?"))
		large := bytes.Repeat([]byte{0, 1, 2, 254, 255}, 40_000)
		s.send(binaryFrame, large)
		s.expect(binaryFrame, large)
		s.send(pingFrame, []byte("ping"))
		s.expect(pongFrame, []byte("ping"))

		other := g.openSocket() // the path is known by now

		bye := append(binary.BigEndian.AppendUint16(nil, 1000), "bye"...)
		s.send(textFrame, []byte("bye"))
		s.expect(closeFrame, bye)
		s.send(closeFrame, bye)
		if _, err := s.read.ReadByte(); err != io.EOF {
			t.Errorf("after both have closed: %v, want EOF", err)
		}
		g.down() // with the other one still open
		other.expectEnd()
	})
}

// Nobody takes the upgrade: of a socket a 400 says more than the other's 404 (G7).
func TestAWebSocketThatNobodyTakes(t *testing.T) {
	p := newProject(t)
	p.write("Devgatefile", twoServers.devgatefile)
	g := p.ready("2 backends")
	s, answer := handshake(t, g, "/nobody/socket")
	if s != nil {
		t.Fatal("an upgrade by nobody")
	}
	if tried := answer.Header.Get("X-Devgate-Tried"); answer.StatusCode != 400 || tried != "users=404, live=400" {
		t.Errorf("%s, tried %q", answer.Status, tried)
	}
	g.down()
}
