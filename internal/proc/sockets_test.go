package proc

import (
	"fmt"
	"net/netip"
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

func TestTheTableOfSocketsOfWindowsIsRead(t *testing.T) {
	ipv4 := []byte{2, 0, 0, 0,
		2, 0, 0, 0, 127, 0, 0, 1, 0x0b, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x39, 0x05, 0, 0,
		2, 0, 0, 0, 0, 0, 0, 0, 0x1f, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0,
		2, 0, 0, 0, 9, 9, 9, 9} // more than is counted
	ipv6 := make([]byte, 4+56)
	ipv6[0], ipv6[4+15], ipv6[4+20], ipv6[4+21], ipv6[4+52] = 1, 1, 0x0b, 0xb9, 7
	var got []string
	for _, s := range append(parseTCPTable(ipv4, rowIPv4), parseTCPTable(ipv6, rowIPv6)...) {
		got = append(got, fmt.Sprint(s.pid, " ", s.addr))
	}
	if want := []string{"1337 127.0.0.1:3000", "4 0.0.0.0:8080", "7 [::1]:3001"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, cut := range [][]byte{nil, ipv4[:3], ipv4[:20]} {
		if all := parseTCPTable(cut, rowIPv4); all != nil {
			t.Errorf("%v has %v", cut, all)
		}
	}
}
