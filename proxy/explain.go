package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"devgate/internal/loopback"
	"devgate/proxy/front"
	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// Explain sends a request through the cascade as if a client had, and returns
// its record, in which the backends that were not asked are listed too, with
// the reason, with a conclusion. The answer itself is not read to its end. A Host in header is the
// host asked for; without one it is the gateway's own. The error is not nil
// when the request is not one that a client could have sent, when ctx ended, or
// when the gateway is stopping.
func (g *Gateway) Explain(ctx context.Context, method, target string, header http.Header, body io.Reader) (Exchange, error) {
	r, err := g.explained(ctx, method, target, header, body)
	if err != nil {
		return Exchange{}, fmt.Errorf("explain request: %w", err)
	}
	if !g.requests.enter() {
		return Exchange{}, errors.New("explain request: the gateway is stopping")
	}
	defer g.requests.leave()
	x := newExchange(g, &sink{header: http.Header{}}, r)
	x.unread = true
	x.serve()
	x.finish()
	e := x.summary()
	e.Cascade, e.Near = x.everybody(), x.missed()
	e.Conclusion = x.conclude(e.Near)
	return e, ctx.Err()
}

// explained makes the request that the server would have made.
func (g *Gateway) explained(ctx context.Context, method, target string, header http.Header, body io.Reader) (*http.Request, error) {
	if !strings.HasPrefix(target, "/") && target != "*" {
		return nil, fmt.Errorf("path %q does not begin with a slash", target)
	}
	if _, err := url.ParseRequestURI(target); err != nil && !wire.ValidTarget(target) {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, "", body)
	if err != nil {
		return nil, err
	}
	r.URL, r.RequestURI, r.RemoteAddr = front.URLOf(target), target, anyClient
	r.Host = net.JoinHostPort("localhost", strconv.Itoa(g.Port()))
	for name, values := range header {
		for _, v := range values {
			if !message.ValidName(name) || !message.ValidValue(v) {
				return nil, fmt.Errorf("header %q is malformed", name)
			}
			r.Header.Add(name, v)
		}
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	if body != nil && r.ContentLength == 0 && r.Body != http.NoBody {
		r.ContentLength = -1
	}
	return r, nil
}

// anyClient is the address of a client that is on this machine, and is none.
var anyClient = net.JoinHostPort(loopback.IPv4, "0")

// everybody lists all backends in declared order, asked or not, and then the
// static folder.
func (a *answering) everybody() []Attempt {
	var list []Attempt
	for _, c := range a.route.chain.candidates {
		if t := a.trace.of(c.Name); t != nil {
			list = append(list, t.record())
			continue
		}
		list = append(list, Attempt{Backend: c.Name, Note: a.whyNot(c)})
	}
	if t := a.trace.of(staticName); t != nil {
		return append(list, t.record())
	}
	if a.route.chain.Static != "" && a.req != nil && !a.route.sole {
		list = append(list, Attempt{Backend: staticName, Note: a.whyNotStatic()})
	}
	return list
}

// whyNot is the reason for which c was not asked.
func (a *answering) whyNot(c *candidate) string {
	switch {
	case a.req == nil:
		return "not asked: the request was refused"
	case a.route.sole:
		return "not asked: the host names " + a.route.candidates[0].Name
	case c.up.look().Phase == Absent:
		return "not started"
	case !c.matches(rawPath(a.req.Target)):
		return "not asked: paths = " + quoted(c.Paths)
	case a.req.Upgrade != "" && c.H2C:
		return "not asked: protocol = \"h2c\""
	}
	for _, before := range a.route.candidates {
		if before.Final && a.trace.of(before.Name) != nil {
			return "not asked: " + before.Name + " is final"
		}
	}
	return "not asked: " + a.ender()
}

func (a *answering) whyNotStatic() string {
	switch {
	case !a.nobody:
		return "not asked: " + a.ender()
	case a.r.Method != http.MethodGet && a.r.Method != http.MethodHead:
		return "not asked: " + a.r.Method
	}
	return "no such file"
}

// ender says what ended the cascade.
func (a *answering) ender() string {
	if a.trace.backend == "" {
		return "the request had failed before"
	}
	return a.trace.backend + " answered"
}

// quoted is a list as the Devgatefile has it: ["/api/*", "/x"].
func quoted(list []string) string {
	var q []string
	for _, s := range list {
		q = append(q, strconv.Quote(s))
	}
	return "[" + strings.Join(q, ", ") + "]"
}
