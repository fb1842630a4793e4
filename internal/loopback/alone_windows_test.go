package loopback

import (
	"net"
	"syscall"
	"testing"

	"devgate/internal/oserr"
)

// P4: who listens has an address alone, whatever others ask for, and it is free again once
// it is closed.
func TestAnAddressIsHadAlone(t *testing.T) {
	l, err := ListenAt("127.0.0.1:0", 0)
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	raw, err := l.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		if on, err := syscall.GetsockoptInt(syscall.Handle(fd), syscall.SOL_SOCKET, exclusiveAddress); on != 1 || err != nil {
			t.Errorf("exclusive: %d, %v", on, err)
		}
	})
	for _, other := range []string{address, "0.0.0.0" + address[len("127.0.0.1"):]} {
		if second, err := net.Listen("tcp", other); err == nil {
			t.Errorf("somebody else listens on %s", other)
			second.Close()
		} else if !oserr.AddrInUse.In(err) && !oserr.Forbidden.In(err) {
			t.Error(err)
		}
	}
	client, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	server.Close()
	again, err := ListenAt(address, Lingering)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}
