package wire

import (
	"context"
	"errors"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// deafPort is one on which somebody listens whose queue of connections is full:
// whoever dials it hears nothing, and is not refused either.
func deafPort(t *testing.T) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	port := name.(*syscall.SockaddrInet4).Port
	for { // until the queue is full
		nc, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), 50*time.Millisecond)
		if err != nil {
			return port
		}
		t.Cleanup(func() { nc.Close() })
	}
}

// A backend that lets a connection hang is given up, whatever it is spoken to in.
func TestABackendThatLetsAConnectionHangIsGivenUp(t *testing.T) {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(deafPort(t)))
	plain := newDialer(Origin{Address: address})
	plain.limit = time.Millisecond
	_, http1 := plain.dial(t.Context())
	h2 := newH2(plain, "")
	_, http2 := h2.RoundTrip(context.WithoutCancel(t.Context()), &Request{Method: "GET", Target: "/", Host: "a"}, Try{})
	for name, err := range map[string]error{"HTTP/1.1": http1, "HTTP/2": http2} {
		var dial *DialError
		if !errors.As(err, &dial) || dial.Reason() != Late {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
