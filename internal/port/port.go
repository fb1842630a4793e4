package port

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"strconv"
	"syscall"
	"time"

	"devgate/internal/loopback"
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
// its owner when it is not, and any other error (no right to a port below
// 1024) as it is.
func Check(port int) error {
	err := probe(port)
	var busy *BusyError
	if errors.As(err, &busy) {
		busy.Owner = ownerOf(port)
	}
	return err
}

// probe binds the port on each address for a moment. Go sets SO_REUSEADDR, as
// the servers do that will bind it, so TIME_WAIT is not in the way.
func probe(port int) error {
	for _, host := range hosts() {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		switch {
		case err == nil:
			l.Close()
		case errors.Is(err, syscall.EADDRINUSE):
			return &BusyError{Port: port, Host: host, Err: err}
		case errors.Is(err, syscall.EACCES):
			return fmt.Errorf("listen on port %d: %w", port, syscall.EACCES)
		}
		// Anything else is an address that this machine does not have.
	}
	return nil
}

// WaitFree returns once the port is free, or with the *BusyError when ctx ends
// before.
func WaitFree(ctx context.Context, port int) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		err := probe(port)
		var busy *BusyError
		if !errors.As(err, &busy) {
			return nil // free, or its server will say better what is wrong
		}
		select {
		case <-ctx.Done():
			return Check(port)
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

// Stable is a free port that is the same for the same key as long as it is
// free, so that each checkout of a project keeps its own.
func Stable(key string, taken map[int]bool) (int, error) {
	const first, count = 20000, 10000 // below the range that systems hand out by themselves
	h := fnv.New32a()
	h.Write([]byte(key))
	start := int(h.Sum32() % count)
	for i := range count {
		if port := first + (start+i)%count; !taken[port] && probe(port) == nil {
			return port, nil
		}
	}
	return 0, errors.New("find a free port: all of 20000-29999 are in use")
}

// Next is the first free port behind another that is not in taken.
func Next(after int, taken map[int]bool) (int, error) {
	for port := after + 1; port <= 65535; port++ {
		if !taken[port] && probe(port) == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("find a free port: none from %d on", after+1)
}
