package port

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"strconv"
	"time"

	"devgate/internal/loopback"
	"devgate/internal/oserr"
)

// BusyError tells that somebody listens on a port.
type BusyError struct {
	Port  int
	Host  string // the host on which it is taken: 127.0.0.1, ::1 or a wildcard
	Owner Owner  // zero when it could not be found out
	Err   error
}

// Error is one line: the port, the address, and the owner as far as known.
func (e *BusyError) Error() string {
	return fmt.Sprintf("port %d is in use%s", e.Port, e.Owner.by())
}

// Unwrap gives the error of the operating system.
func (e *BusyError) Unwrap() error { return e.Err }

// hosts in the order in which a conflict is most telling.
func hosts() []string { return append(loopback.Hosts(), "0.0.0.0", "::") }

// Check returns nil when the port is free on both families, a *BusyError with
// its owner when it is not, a *ReservedError when the system keeps it for itself,
// and any other error (no right to a port below 1024) as it is.
func Check(port int) error {
	err := probe(port)
	var busy *BusyError
	if errors.As(err, &busy) && loopback.Lingering > 0 && held(port) == "" {
		// Nobody listens: it is what a listener that is closed has left behind.
		brief, cancel := context.WithTimeout(context.Background(), loopback.Lingering)
		defer cancel()
		err = waitFree(brief, port)
	}
	if errors.As(err, &busy) {
		busy.Owner = ownerOf(port)
	}
	if oserr.Forbidden.In(err) {
		return cmp.Or(reserved(port, err), err)
	}
	return err
}

// probe binds the port on each address for a moment. Go sets SO_REUSEADDR, as
// the servers do that will bind it, so TIME_WAIT is not in the way.
func probe(port int) error {
	if host := held(port); host != "" {
		return &BusyError{Port: port, Host: host, Err: oserr.AddrInUse.Err()}
	}
	for _, host := range hosts() {
		l, err := loopback.ListenAt(net.JoinHostPort(host, strconv.Itoa(port)), 0)
		switch {
		case err == nil:
			l.Close()
		case oserr.AddrInUse.In(err):
			return &BusyError{Port: port, Host: host, Err: err}
		case oserr.Forbidden.In(err):
			return fmt.Errorf("listen on port %d: %w", port, oserr.Forbidden.Err())
		}
		// Anything else is an address that this machine does not have.
	}
	return nil
}

// WaitFree returns once the port is free, or with the *BusyError when ctx ends
// before.
func WaitFree(ctx context.Context, port int) error {
	err := waitFree(ctx, port)
	var busy *BusyError
	if errors.As(err, &busy) {
		busy.Owner = ownerOf(port)
	}
	return err
}

// waitFree is WaitFree without the owner.
func waitFree(ctx context.Context, port int) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := probe(port)
		var busy *BusyError
		if !errors.As(err, &busy) {
			return nil // free, or its server will say better what is wrong
		}
		select {
		case <-ctx.Done():
			return busy
		case <-time.After(pause):
		}
	}
}

// Free is a port that nobody listens on now and that is not in taken.
func Free(taken map[int]bool) (int, error) {
	for range 100 {
		l, err := net.Listen("tcp", loopback.Addresses(0)[0])
		if err != nil {
			return 0, fmt.Errorf("find a free port: %w", err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		l.Close()
		if !taken[port] && probe(port) == nil {
			return port, nil
		}
	}
	return 0, errors.New("find a free port: none in 100 attempts")
}

// Ports that stay are chosen below the range that systems hand out by themselves.
const stableFirst, stableCount = 20000, 10000

// Stable is a free port that is the same for the same key as long as it is
// free, so that each checkout of a project keeps its own.
func Stable(key string, taken map[int]bool) (int, error) {
	start := hash(key, stableCount)
	for i := range stableCount {
		if port := stableFirst + (start+i)%stableCount; !taken[port] && probe(port) == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("find a free port: all of %d-%d are in use", stableFirst, stableFirst+stableCount-1)
}

// blockSize is how many ports blocks are apart.
const blockSize = 10

// Block is the first of n free ports in a row, and the same for the same key as long as
// they are free: so each checkout of a project keeps its own. before is where it was the last
// time, which comes first; 0: nowhere. None of the ports is in taken.
func Block(key string, n, before int, taken map[int]bool) (first int, err error) {
	free := func(first int) bool {
		for port := first; port < first+n; port++ {
			if taken[port] || probe(port) != nil {
				return false
			}
		}
		return true
	}
	blocks := stableCount / blockSize
	inRange := func(first int) bool { return first >= stableFirst && first+n <= stableFirst+stableCount }
	if inRange(before) && free(before) {
		return before, nil
	}
	start := hash(key, blocks)
	for i := range blocks {
		if first := stableFirst + (start+i)%blocks*blockSize; inRange(first) && free(first) {
			return first, nil
		}
	}
	return 0, fmt.Errorf("find %d free ports in a row: there are none from %d to %d", n, stableFirst, stableFirst+stableCount-1)
}

// hash is a number below limit, the same for the same key.
func hash(key string, limit int) int {
	h := fnv.New32a()
	h.Write([]byte(key))
	return int(h.Sum32() % uint32(limit))
}

// Next is the first free port behind another that is not in taken.
func Next(after int, taken map[int]bool) (int, error) {
	for port := after + 1; port <= highest; port++ {
		if !taken[port] && probe(port) == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("find a free port: none from %d on", after+1)
}
