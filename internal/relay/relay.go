package relay

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"devgate/internal/loopback"
)

// Relay listens on one port and passes connections on to another. Its methods
// may be called from any goroutine.
type Relay struct {
	patience  func() time.Duration
	listeners []net.Listener
	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	work      sync.WaitGroup // accept loops and connections

	mu      sync.Mutex
	target  int           // 0: none
	changed chan struct{} // closed when target changes
}

// Open listens on the port, on both hosts of package loopback. Until Aim is
// called, connections wait; patience says how long, and is asked anew for each.
// The error is that of the system, which package oserr tells. Close must be
// called.
func Open(port int, patience func() time.Duration) (*Relay, error) {
	listeners, err := loopback.Listen(port)
	if err != nil {
		return nil, fmt.Errorf("open relay: %w", err)
	}
	r := &Relay{patience: patience, listeners: listeners, changed: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	for _, l := range r.listeners {
		r.work.Go(func() { r.accept(l) })
	}
	return r, nil
}

// Aim says to which port new connections go; 0 lets them wait. Those that have
// been passed on stay where they are.
func (r *Relay) Aim(port int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if port != r.target {
		r.target = port
		close(r.changed)
		r.changed = make(chan struct{})
	}
}

// Close frees the port, cuts every connection and returns after the last
// goroutine. Closing again does nothing.
func (r *Relay) Close() {
	r.cancel()
	for _, l := range r.listeners {
		l.Close()
	}
	r.work.Wait()
}

// accept ends when the listener is closed.
func (r *Relay) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			r.work.Go(func() { r.pass(conn.(*net.TCPConn)) })
		case r.ctx.Err() != nil:
			return
		default: // out of file descriptors: it may pass
			select {
			case <-r.ctx.Done():
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// pass connects a client with the server and copies both ways. What one side
// has ended, the other may still answer.
func (r *Relay) pass(client *net.TCPConn) {
	defer client.Close()
	port := r.await()
	if port == 0 {
		return
	}
	server, err := loopback.Dial(r.ctx, port)
	if err != nil {
		client.SetLinger(0) // a reset, as from a port that nobody listens on
		return
	}
	defer server.Close()
	defer context.AfterFunc(r.ctx, func() { client.Close(); server.Close() })()
	var back sync.WaitGroup
	back.Go(func() { copyHalf(client, server) })
	copyHalf(server, client)
	back.Wait()
}

// await returns the port to go to, or 0 when there is none in time.
func (r *Relay) await() int {
	late := time.NewTimer(r.patience())
	defer late.Stop()
	for {
		r.mu.Lock()
		target, changed := r.target, r.changed
		r.mu.Unlock()
		if target != 0 {
			return target
		}
		select {
		case <-changed:
		case <-late.C:
			return 0
		case <-r.ctx.Done():
			return 0
		}
	}
}

// copyHalf copies until from ends, and says so to the other side. An error ends
// both directions.
func copyHalf(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		from.Close()
		return
	}
	to.CloseWrite()
}
