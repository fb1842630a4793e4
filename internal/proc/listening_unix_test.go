//go:build unix

package proc

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
)

func TestWhoListensAndWhereIsFound(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "127.0.0.2", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addr := netip.MustParseAddrPort(l.Addr().String())
		if all := Listening([]int{os.Getpid(), 1 << 30}); !slices.Contains(all, addr) {
			t.Errorf("%v is not among %v", addr, all)
		}
		if pid := Listener(int(addr.Port())); pid != os.Getpid() {
			t.Errorf("pid %d listens on %v", pid, addr)
		}
	}
	if all := Listening([]int{1 << 30}); all != nil {
		t.Errorf("nobody listens on %v", all)
	}
	if pid := Listener(0); pid != 0 {
		t.Errorf("pid %d listens on port 0", pid)
	}
}
