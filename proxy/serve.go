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

	"devgate/proxy/ingress"
	"devgate/proxy/message"
)

const (
	stopGrace         = time.Second
	readHeaderTimeout = time.Minute
	idleClientTimeout = 3 * time.Minute
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
	srv := g.server(base)
	a := &acceptor{g: g, srv: srv, failed: make(chan error), accepting: map[net.Listener]bool{}}
	a.take(listeners)
	err := a.wait(ctx)
	g.stop(srv, cancel)
	a.work.Wait()
	return err
}

// acceptor takes connections from the listeners of the gateway, which Move
// exchanges.
type acceptor struct {
	g         *Gateway
	srv       *http.Server
	failed    chan error
	accepting map[net.Listener]bool // owned by wait
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
			err := a.srv.Serve(ingress.Strict(l, a.g.refuse))
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

func (g *Gateway) server(base context.Context) *http.Server {
	srv := &http.Server{
		Handler:                      g,
		BaseContext:                  func(net.Listener) context.Context { return base },
		MaxHeaderBytes:               message.MaxHead,
		ReadHeaderTimeout:            readHeaderTimeout,
		IdleTimeout:                  idleClientTimeout,
		DisableGeneralOptionsHandler: true, // "OPTIONS *" is the backends' to answer
		ConnState:                    g.countClient,
		ConnContext:                  ingress.Context,
		ErrorLog:                     log.New(logWriter{g}, "", 0),
		Protocols:                    new(http.Protocols),
	}
	srv.Protocols.SetHTTP1(true)
	srv.Protocols.SetUnencryptedHTTP2(true)
	return srv
}

// countClient follows the connections, whose goroutines Serve waits for.
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
func (g *Gateway) stop(srv *http.Server, cancelRequests context.CancelFunc) {
	close(g.stopping)
	g.streams.cutAll()
	g.tunnels.cutAll()
	grace, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	srv.Shutdown(grace)
	srv.Close()
	cancelRequests() // also those whose client nobody is listening to
	<-g.requests.close()
	<-g.clients.close()
	<-g.tunnels.close()
	g.readers.Wait()
	for _, up := range g.chain.Load().upstreams {
		up.close()
	}
}

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
