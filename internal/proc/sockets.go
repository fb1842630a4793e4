package proc

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A socket is one that listens for TCP connections. How it names its owner is the
// system's: Linux gives an inode, lsof(8) a process.
type socket struct {
	addr  netip.AddrPort
	inode string
	pid   int
}

// parseNetTCP finds the sockets that listen in a table of proc_pid_net(5):
// columns local_address, st (0A is LISTEN) and inode. Lines that are none, such
// as the heading, are left out.
func parseNetTCP(table string) (all []socket) {
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != "0A" {
			continue
		}
		if addr, ok := parseHexAddr(f[1]); ok {
			all = append(all, socket{addr: addr, inode: f[9]})
		}
	}
	return all
}

// parseHexAddr reads 0100007F:0BB8. The address is in words of 32 bits, each of
// them in the byte order of the machine; devgate runs on little-endian ones.
func parseHexAddr(text string) (netip.AddrPort, bool) {
	host, digits, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	port, portErr := strconv.ParseUint(digits, 16, 16)
	if err != nil || portErr != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.LittleEndian.Uint32(raw[i:]))
	}
	addr, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), ok
}

// parseLsof finds the sockets that listen in what lsof -nP -iTCP -sTCP:LISTEN -Fpn
// prints: a line p with the process, then for each of its sockets one n with the
// address. "*" is every address.
func parseLsof(out string) (all []socket) {
	pid := 0
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		switch rest := line[1:]; line[0] {
		case 'p':
			pid, _ = strconv.Atoi(rest)
		case 'n':
			if every, ok := strings.CutPrefix(rest, "*:"); ok {
				rest = "[::]:" + every
			}
			if addr, err := netip.ParseAddrPort(rest); err == nil && pid != 0 {
				all = append(all, socket{addr: addr, pid: pid})
			}
		}
	}
	return all
}

// parseLsofDir finds the folder in what lsof -d cwd -Fn prints of one process.
func parseLsofDir(out string) string {
	for line := range strings.Lines(out) {
		if dir, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "n"); ok {
			return dir
		}
	}
	return ""
}

// tcpRow is how a row of a table of GetExtendedTcpTable is laid out.
type tcpRow struct{ size, address, length, port, owner int }

// MIB_TCPROW_OWNER_PID and MIB_TCP6ROW_OWNER_PID.
var (
	rowIPv4 = tcpRow{size: 24, address: 4, length: 4, port: 8, owner: 20}
	rowIPv6 = tcpRow{size: 56, address: 0, length: 16, port: 20, owner: 52}
)

// parseTCPTable reads such a table: the number of its rows, and the rows. Numbers are
// little-endian, addresses and ports as they go over the wire.
func parseTCPTable(raw []byte, row tcpRow) (all []socket) {
	if len(raw) < 4 {
		return nil
	}
	count, raw := binary.LittleEndian.Uint32(raw), raw[4:]
	for ; count > 0 && len(raw) >= row.size; count, raw = count-1, raw[row.size:] {
		addr, _ := netip.AddrFromSlice(raw[row.address : row.address+row.length])
		all = append(all, socket{
			addr: netip.AddrPortFrom(addr, binary.BigEndian.Uint16(raw[row.port:])),
			pid:  int(binary.LittleEndian.Uint32(raw[row.owner:])),
		})
	}
	return all
}

// addresses are those of sockets in the order of their ports, each once.
func addresses(sockets []socket) []netip.AddrPort {
	var all []netip.AddrPort
	for _, s := range sockets {
		all = append(all, s.addr)
	}
	slices.SortFunc(all, func(a, b netip.AddrPort) int {
		if d := int(a.Port()) - int(b.Port()); d != 0 {
			return d
		}
		return a.Addr().Compare(b.Addr())
	})
	return slices.Compact(all)
}
