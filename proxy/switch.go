package proxy

import (
	"net"
	"net/http"

	"devgate/proxy/front"
	"devgate/proxy/message"
	"devgate/proxy/wire"
)

// tunnel passes a switch of protocols on and joins the two connections. The
// tunnel lives on after the request. It does not return when the client can not
// switch.
func (a *answering) tunnel(rep *reply) {
	if a.client == nil || !a.g.tunnels.enter() {
		rep.close()
		// The end of the gateway, or a client by HTTP/2, which has no connection to give
		// away.
		panic(http.ErrAbortHandler)
	}
	// Its lease only: the tunnel is cut when the process that it leads to ends.
	rep.lease.release() // a restart does not wait for it (G4)
	client, backend, early, said, ok := joinable(a.client, rep)
	if !ok {
		rep.close()
		a.g.tunnels.leave()
		return
	}
	a.observe(rep, rep.c.Name, rep.resp.Status, rep.resp.Header)
	t := &wire.Tunnel{Client: client, Backend: backend}
	tunnels := &a.g.tunnels // the tunnel must not hold on to the request
	remove, forget := tunnels.add(t.Cut), rep.lease.at.lasting.add(t.Cut)
	t.Start(early, append(a.switchHead(rep), said...), func() {
		remove()
		forget()
		tunnels.leave()
	})
}

// joinable takes both connections over, with what each side has said already;
// false when one of them is lost.
func joinable(c *front.Client, rep *reply) (client, backend net.Conn, early, said []byte, ok bool) {
	client, early, err := c.Hijack()
	if err != nil {
		// Both have been taken from their owners: whoever fails closes what it has.
		return nil, nil, nil, nil, false
	}
	backend, said, ok = rep.resp.Body.Hijack()
	if !ok {
		client.Close()
		return nil, nil, nil, nil, false
	}
	return client, backend, early, said, true
}

// switchHead is the 101 for the client.
func (a *answering) switchHead(rep *reply) []byte {
	h := make(http.Header)
	wire.CopyHeader(h, rep.resp.Header)
	a.trace.stamp(h, rep.resp.Status, rep.c.Name)
	h["Connection"], h["Upgrade"] = []string{"Upgrade"}, rep.resp.Header["Upgrade"]
	a.keepAnswer(h)
	b := []byte("HTTP/1.1 101 Switching Protocols\r\n")
	b = message.AppendHeader(b, h, rep.resp.Fields, nil)
	return append(b, "\r\n"...)
}
