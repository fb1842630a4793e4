package proc

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
)

const netTCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 20001 1 0 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 20002 1 0 20 4 30 10 -1
   2: 0200A8C0:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20003 1 0 100 0 0 10 0
   3: 0100007X:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20004 1
   4: 0100007F:1FFFF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20005 1
   5: cut
`

const netTCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 30001 1 0 100 0 0 10 0
   1: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 30002 1 0 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 30003 1 0 100 0 0 10 0
`

func TestTheSystemsTableOfSocketsIsRead(t *testing.T) {
	all := append(parseNetTCP(netTCP), parseNetTCP(netTCP6)...)
	var got []string
	for _, s := range all {
		got = append(got, s.addr.String()+" "+s.inode)
	}
	want := []string{"127.0.0.1:3000 20001", "192.168.0.2:8080 20003", "[::1]:3000 30001", "[::]:8081 30002", "127.0.0.1:8082 30003"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if addr := addresses(all)[0]; addr != netip.MustParseAddrPort("127.0.0.1:3000") {
		t.Errorf("the first is %v", addr)
	}
}

// What lsof 4.91 of macOS prints with -Fpn, and with -Fn about a folder.
func TestWhatLsofPrintsIsRead(t *testing.T) {
	out := "p501\nf21\nn127.0.0.1:3000\nf22\nn[::1]:3000\np733\nf7\nn*:8080\nf8\nnlocalhost:odd\n\nn:\n"
	var got []string
	for _, s := range parseLsof(out) {
		got = append(got, fmt.Sprint(s.pid, " ", s.addr))
	}
	if want := []string{"501 127.0.0.1:3000", "501 [::1]:3000", "733 [::]:8080"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if all := parseLsof("n127.0.0.1:3000\n"); all != nil {
		t.Errorf("%v belongs to no process", all)
	}
	if dir := parseLsofDir("p501\nfcwd\nn/Users/ada/my shop \n"); dir != "/Users/ada/my shop " {
		t.Errorf("folder %q", dir)
	}
	if dir := parseLsofDir("p501\n"); dir != "" {
		t.Errorf("folder %q", dir)
	}
}

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
