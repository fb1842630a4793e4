package proxy

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"devgate/proxy/front"
	"devgate/proxy/message"
)

const (
	stopGrace         = time.Second
	idleClientTimeout = 3 * time.Minute // of a connection by HTTP/2; package front has its own
)

// Serve answers requests on the listeners of Listen until ctx ends or a
// listener fails, which is the error returned. Then it stops accepting, answers
// held requests, gives running ones up to 1 s (event streams and upgraded
// connections none), closes everything, and returns after the last goroutine.
func (g *Gateway) Serve(ctx context.Context) error {
	g.mu.Lock()
	listeners := g.listeners
	g.mu.Unlock()
	if len(listeners) == 0 {
		return errors.New("serve gateway: not listening")
	}
	base, cancel := context.WithCancel(context.Background())
	defer cancel()
	a := &acceptor{g: g, cancel: cancel, failed: make(chan error), accepting: map[net.Listener]bool{}}
	a.http2 = g.http2(base)
	a.http1 = front.Server{Handler: g, Refuse: g.refuse, HTTP2: a.handover.Give, Panicked: g.panicked}
	a.work.Go(func() { a.http2.Serve(&a.handover) })
	a.take(listeners)
	err := a.wait(ctx)
	a.stop()
	return err
}

// acceptor takes connections from the listeners of the gateway, which Move
// exchanges. Both servers end in ServeHTTP.
type acceptor struct {
	g         *Gateway
	http1     front.Server
	http2     *http.Server
	handover  front.Handover     // from the one to the other
	cancel    context.CancelFunc // of all requests
	failed    chan error
	accepting map[net.Listener]bool // owned by the goroutine of Serve
	work      sync.WaitGroup
}

// take accepts from listeners that are new.
func (a *acceptor) take(listeners []net.Listener) {
	for _, l := range listeners {
		if a.accepting[l] {
			continue
		}
		a.accepting[l] = true
		a.work.Go(func() {
			err := a.http1.Serve(l)
			select {
			case a.failed <- err:
			case <-a.g.stopping:
			}
		})
	}
}

// wait returns nil when ctx ends, or the error of a listener that the gateway
// still has.
func (a *acceptor) wait(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case listeners := <-a.g.moves:
			a.take(listeners)
		case err := <-a.failed:
			if !errors.Is(err, net.ErrClosed) { // closed by Move
				return err
			}
		}
	}
}

// http2 is the server for connections that begin with HTTP/2.
func (g *Gateway) http2(base context.Context) *http.Server {
	srv := &http.Server{
		Handler:                      g,
		BaseContext:                  func(net.Listener) context.Context { return base },
		MaxHeaderBytes:               message.MaxHead,
		IdleTimeout:                  idleClientTimeout,
		DisableGeneralOptionsHandler: true, // "OPTIONS *" is the backends' to answer
		ConnState:                    g.countClient,
		ErrorLog:                     log.New(logWriter{g}, "", 0),
		Protocols:                    new(http.Protocols),
	}
	srv.Protocols.SetUnencryptedHTTP2(true)
	return srv
}

// countClient follows the connections by HTTP/2, whose goroutines Serve waits for.
func (g *Gateway) countClient(nc net.Conn, s http.ConnState) {
	switch s {
	case http.StateNew:
		if !g.clients.enter() {
			g.refused.Store(nc, true)
			nc.Close()
		}
	case http.StateClosed, http.StateHijacked:
		if _, was := g.refused.LoadAndDelete(nc); !was { // it was never counted
			g.clients.leave()
		}
	}
}

// stop ends Serve. The order matters: who waits is woken before it is waited
// for, and nothing new can begin.
func (a *acceptor) stop() {
	g := a.g
	close(g.stopping)
	g.streams.cutAll()
	g.tunnels.cutAll()
	for l := range a.accepting {
		l.Close()
	}
	grace, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	var ending sync.WaitGroup
	ending.Go(func() { a.http2.Shutdown(grace) })
	a.http1.Stop(grace)
	ending.Wait()
	a.cancel() // also those whose client nobody is listening to
	a.http1.Cancel()
	a.http1.Close()
	a.handover.Close()
	a.http2.Close()
	<-g.requests.close()
	<-g.clients.close()
	<-g.tunnels.close()
	g.readers.Wait()
	for _, up := range g.chain.Load().upstreams {
		up.close()
	}
	a.work.Wait()
}

// panicked tells of a fault in the gateway itself.
func (g *Gateway) panicked(v any) { g.logf("panic serving a request: %v", v) }

// logWriter passes on what net/http has to say about its own troubles: broken
// clients are no news.
type logWriter struct{ g *Gateway }

// Write implements io.Writer.
func (w logWriter) Write(p []byte) (int, error) {
	line := strings.TrimSpace(string(p))
	if strings.HasPrefix(line, "http: panic serving") {
		w.g.chain.Load().Logf("%s", line)
	}
	return len(p), nil
}
