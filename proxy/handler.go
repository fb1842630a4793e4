package proxy

import (
	"net/http"
	"strings"

	"devgate/proxy/ingress"
	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// ServeHTTP implements http.Handler. The answer is written as reference
// semantics R ask; see the package documentation.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.requests.enter() {
		panic(http.ErrAbortHandler)
	}
	defer g.requests.leave()
	x := newExchange(g, w, r)
	if strings.HasPrefix(r.URL.Path, ownPrefix) {
		x.serveOwn()
		return
	}
	defer x.finish()
	x.serve()
}

// serve answers the request by reference semantics R: the backends in order,
// the first answer that is not refused, else the static folder, else the best
// of the refused ones.
func (x *exchange) serve() {
	if f := x.inspect(); f != nil {
		x.fail(f)
		return
	}
	defer x.end()
	x.route.choose(x.r.Host, x.req.Target)
	if x.req.Upgrade != "" {
		x.switchProtocols()
		return
	}
	x.prepareBody()
	if !x.req.Safe {
		x.g.learned.bump()
		defer x.g.learned.bump()
	}
	x.walk()
}

// inspect refuses what must not reach any backend (G13, G14).
func (x *exchange) inspect() *fault {
	r := x.r
	switch {
	case !x.route.chain.hosts.Allowed(r.Host) && (r.Host != "" || r.ProtoAtLeast(1, 1)):
		x.route.chain.Logf("refused a request for the host %q: it is not in hosts", r.Host)
		return faultHost(r.Host)
	case message.HasToken(r.Header[wire.LoopHeader], x.g.token):
		return faultLoop()
	case r.Method == http.MethodConnect:
		return faultRequest("CONNECT is for proxies; this is a gateway")
	}
	x.req = wire.NewRequest(r, x.g.token)
	if x.client != nil {
		x.req.Fields, x.req.Behind = x.client.Fields(), x.client.Behind()
	}
	x.req.Forwarded = x.route.chain.hosts.Configured(r.Host) && ingress.IsLoopback(x.req.Client)
	if !wire.ValidTarget(x.req.Target) {
		return faultRequest("the request target is malformed")
	}
	return nil
}

// prepareBody makes the body one that can be read once for each backend.
func (x *exchange) prepareBody() {
	if x.r.ContentLength == 0 || x.r.Body == http.NoBody {
		return
	}
	x.req.Body = wire.NewSpool(x.r.Body, x.route.chain.ReplayLimit)
	x.watchBody()
}
