package proc

import (
	"net/netip"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// tableListeners asks for the sockets that listen, with their processes
// (TCP_TABLE_OWNER_PID_LISTENER).
const tableListeners = 3

var getExtendedTCPTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

// Listening are the addresses on which one of the processes listens for TCP
// connections, in the order of their ports.
func Listening(pids []int) []netip.AddrPort {
	return addresses(slices.DeleteFunc(listeners(), func(s socket) bool { return !slices.Contains(pids, s.pid) }))
}

// Listener is a process that listens on the port, on whatever address; 0 when
// nobody does.
func Listener(port int) int {
	for _, s := range listeners() {
		if int(s.addr.Port()) == port {
			return s.pid
		}
	}
	return 0
}

// ListeningAt are the addresses at which somebody listens on the port.
func ListeningAt(port int) (all []netip.Addr) {
	for _, s := range listeners() {
		if int(s.addr.Port()) == port {
			all = append(all, s.addr.Addr())
		}
	}
	return all
}

func listeners() []socket {
	return append(parseTCPTable(tcpTable(windows.AF_INET), rowIPv4), parseTCPTable(tcpTable(windows.AF_INET6), rowIPv6)...)
}

// tcpTable is the kernel's table of the sockets of one family; it may grow between the
// question how large it is and that for it.
func tcpTable(family uintptr) []byte {
	size := uint32(16 << 10)
	for range 5 {
		raw := make([]byte, size)
		status, _, _ := getExtendedTCPTable.Call(uintptr(unsafe.Pointer(&raw[0])), uintptr(unsafe.Pointer(&size)), 0, family, tableListeners, 0)
		switch windows.Errno(status) {
		case windows.NO_ERROR:
			return raw
		case windows.ERROR_INSUFFICIENT_BUFFER:
			continue
		}
		return nil
	}
	return nil
}
