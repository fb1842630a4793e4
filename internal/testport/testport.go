// Package testport gives tests ports for servers that they start, stop and start
// again.
//
// A port that the kernel chooses (":0") is anybody's as soon as its listener is
// closed: another test that runs at the same time is given it, or a connection
// that leaves from it. The ports of this package are below the range that systems
// choose from, and below the one that devgate chooses a gateway's from; no two test
// processes have the same one at the same time.
package testport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

const (
	lowest = 11000
	number = 9000 // port.Stable begins at 20000
	tries  = 1000
)

var (
	mu    sync.Mutex
	taken = map[int]bool{}
)

// One is a port that nobody has, on both address families, or the end of the test.
// It is the test's until the test has ended with its cleanups.
func One(t testing.TB) int {
	t.Helper()
	return Some(t, 1)[0]
}

// Some are n of them.
func Some(t testing.TB, n int) []int {
	t.Helper()
	ports, err := Take(n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { giveBack(ports) })
	return ports
}

// Take is Some where no test is at hand: the ports are this process's until it ends.
func Take(n int) (ports []int, err error) {
	mu.Lock()
	defer mu.Unlock()
	all, err := register()
	if err != nil {
		return nil, err
	}
	for range tries {
		if len(ports) == n {
			return ports, nil
		}
		// Every other one: the next is that of the dashboard, where this is a gateway's.
		port := lowest + 2*rand.IntN(number/2)
		if taken[port] || !lock(all, port) {
			continue
		}
		taken[port] = true
		if Bindable(port) {
			ports = append(ports, port)
		}
	}
	return nil, errors.New("there are no free ports for a test")
}

func giveBack(ports []int) {
	mu.Lock()
	defer mu.Unlock()
	for _, port := range ports {
		delete(taken, port)
	}
}

// register is the file of which each test process locks the bytes whose places are
// its ports. The locks end with the process, or with the first of its files that is
// closed (fcntl(2)): so there is one, and it stays open.
var register = sync.OnceValues(func() (*os.File, error) {
	path := filepath.Join(os.TempDir(), fmt.Sprintf("devgate-test-ports-%d", os.Getuid()))
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
})

// Bindable reports whether nobody listens on a port, on either address family.
func Bindable(port int) bool {
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}
