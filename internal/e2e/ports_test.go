//go:build e2e

package e2e

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// freePort is a port that nobody has, on both address families, and that no
// connection gets by chance: it is below the range that systems give those
// from. A port is given out once a run.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 11000 + rand.IntN(20000)
		if _, used := usedPorts.LoadOrStore(port, true); !used && bindable(port) {
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// portOf is a port of the project, by its name in a Devgatefile.
func (p *project) portOf(name string) int {
	n, _ := strconv.Atoi(p.ports[name])
	return n
}

func bindable(port int) bool {
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}
