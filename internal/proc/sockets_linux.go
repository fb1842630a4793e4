package proc

import (
	"net/netip"
	"os"
	"strings"
)

// Listening are the addresses on which one of the processes listens for TCP
// connections, in the order of their ports. Other users' processes are not seen.
func Listening(pids []int) []netip.AddrPort {
	all := listeners()
	var found []socket
	for _, pid := range pids {
		for _, inode := range openSockets(pid) {
			if s, ok := all[inode]; ok {
				found = append(found, s)
			}
		}
	}
	return addresses(found)
}

// Listener is a process that listens on the port, on whatever address; 0 when
// nobody does, or another user's process.
func Listener(port int) int {
	all := listeners()
	for inode, s := range all {
		if int(s.addr.Port()) != port {
			delete(all, inode)
		}
	}
	if len(all) == 0 {
		return 0
	}
	for _, pid := range numbers() {
		for _, inode := range openSockets(pid) {
			if _, ok := all[inode]; ok {
				return pid
			}
		}
	}
	return 0
}

// listeners are all sockets of this machine that listen, by inode.
func listeners() map[string]socket {
	all := map[string]socket{}
	for _, table := range []string{"net/tcp", "net/tcp6"} {
		for _, s := range parseNetTCP(string(read(table))) {
			all[s.inode] = s
		}
	}
	return all
}

// openSockets are the inodes of the sockets that a process has open.
func openSockets(pid int) (inodes []string) {
	dir := path(pid, "fd/")
	files, _ := os.ReadDir(dir)
	for _, file := range files {
		target, _ := os.Readlink(dir + file.Name())
		if rest, ok := strings.CutPrefix(target, "socket:["); ok {
			inodes = append(inodes, strings.TrimSuffix(rest, "]"))
		}
	}
	return inodes
}
