package front

import (
	"net"
	"sync"
)

// Handover is a listener whose connections are those that a Server hands over. Its
// zero value is ready to use.
type Handover struct {
	once  sync.Once
	conns chan net.Conn
	ended chan struct{}
	end   sync.Once
}

func (h *Handover) init() {
	h.once.Do(func() { h.conns, h.ended = make(chan net.Conn), make(chan struct{}) })
}

// Give is for Server.HTTP2. Behind Close it closes what it is given.
func (h *Handover) Give(nc net.Conn) {
	h.init()
	select {
	case h.conns <- nc:
	case <-h.ended:
		nc.Close()
	}
}

// Accept implements net.Listener.
func (h *Handover) Accept() (net.Conn, error) {
	h.init()
	select {
	case nc := <-h.conns:
		return nc, nil
	case <-h.ended:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (h *Handover) Close() error {
	h.init()
	h.end.Do(func() { close(h.ended) })
	return nil
}

// Addr implements net.Listener: it has none of its own.
func (h *Handover) Addr() net.Addr { return &net.TCPAddr{} }
