package proxy

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"devgate/proxy/wire"
)

const (
	// upgradeSilence is how long one backend may keep the next from being
	// asked: front ends let sockets they do not know hang.
	upgradeSilence = time.Second
	// upgradePatience is how long a backend may be silent once all others have
	// refused: front ends never answer for sockets that they do not know.
	upgradePatience = 2 * time.Second
)

// refusesUpgrade are the statuses by which servers say that they know no such
// socket, whatever their fallthrough (G7).
var refusesUpgrade = []int{
	http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed,
	http.StatusUpgradeRequired, http.StatusNotImplemented,
}

// contest is the asking of several backends to switch protocols, in order but
// not always one after the other. The exchange's goroutine owns it.
type contest struct {
	x       *exchange
	results chan contestant
	sent    chan int     // indices of those whose request is on its way
	asked   []contestant // in order
	running int
	refused bool
	next    int // of x.candidates
}

// contestant is one backend that is asked, and its result once there is one.
type contestant struct {
	index  int // in asked, and in the trace
	cancel context.CancelFunc
	sent   time.Time // zero: the backend is not Ready yet
	done   bool
	got    fetched
}

// switchProtocols serves a request for an upgrade: in order, except that who
// answered this path before is asked first.
func (x *exchange) switchProtocols() {
	defer x.end()
	x.leaveOutH2C()
	x.orderForUpgrade()
	x.holdUntil = time.Now().Add(x.patience()) // shared by all who are asked
	k := &contest{x: x, results: make(chan contestant, len(x.candidates)), sent: make(chan int)}
	winner := k.run()
	k.dismiss()
	switch {
	case winner == nil:
		x.unanswered()
	case winner.fault != nil:
		x.fail(winner.fault)
	case winner.reply.resp.Status == http.StatusSwitchingProtocols && !x.unread:
		x.tunnel(winner.reply)
	default:
		x.use(winner.reply)
	}
}

// leaveOutH2C leaves out who can not switch.
func (x *exchange) leaveOutH2C() {
	x.candidates = slices.DeleteFunc(x.candidates, func(c *candidate) bool { return c.H2C })
}

// orderForUpgrade puts who is known to be right in front.
func (x *exchange) orderForUpgrade() {
	first := x.g.hmr.owner(x.r.Header)
	if first == "" {
		first = x.g.sockets.owner(x.socket())
	}
	i := slices.IndexFunc(x.candidates, func(c *candidate) bool { return c.Name == first })
	if i > 0 {
		c := x.candidates[i]
		copy(x.candidates[1:i+1], x.candidates[:i])
		x.candidates[0] = c
	}
}

// socket identifies what an upgrade is for: two protocols on one path may be
// two backends'.
func (x *exchange) socket() string {
	return rawPath(x.call.Target) + " " + strings.Join(x.r.Header["Sec-Websocket-Protocol"], ",")
}

// run asks until somebody switches or gives another answer that is used; nil
// when all refused.
func (k *contest) run() *fetched {
	patience := time.NewTimer(0)
	defer patience.Stop()
	for {
		if k.running == 0 && !k.ask() {
			return nil
		}
		patience.Reset(k.patience())
		select {
		case i := <-k.sent:
			k.asked[i].sent = time.Now()
		case r := <-k.results:
			if k.settle(r) {
				return &k.asked[r.index].got
			}
		case <-patience.C:
			if !k.ask() && k.refused {
				return nil
			}
		}
	}
}

// patience is how much longer to wait for a result. Who waits for its backend
// has asked nothing yet, so nobody is silent.
func (k *contest) patience() time.Duration {
	silence, told := k.silence()
	switch {
	case !told:
	case k.next < len(k.x.candidates):
		return upgradeSilence - silence
	case k.refused:
		return upgradePatience - silence
	}
	return 24 * time.Hour // nobody else is left to ask
}

// silence is how long all that are running have said nothing; false when one of
// them has not been asked yet.
func (k *contest) silence() (d time.Duration, told bool) {
	var last time.Time
	for _, c := range k.asked {
		if c.done {
			continue
		}
		if c.sent.IsZero() {
			return 0, false
		}
		if c.sent.After(last) {
			last = c.sent
		}
	}
	return time.Since(last), true
}

// ask starts the next backend; false when there is none.
func (k *contest) ask() bool {
	if k.next == len(k.x.candidates) {
		return false
	}
	c := k.x.candidates[k.next]
	k.next++
	k.x.trace.begin(c.Name)
	ctx, cancel := context.WithCancel(k.x.ctx)
	me := contestant{index: len(k.asked), cancel: cancel}
	k.asked = append(k.asked, me)
	k.running++
	go func() { // dismiss waits for it
		me.got = k.x.fetch(ctx, c, turn{sent: func() {
			select {
			case k.sent <- me.index:
			case <-ctx.Done():
			}
		}})
		k.results <- me
	}()
	return true
}

// settle takes a result in and reports whether it decides the contest.
func (k *contest) settle(r contestant) bool {
	k.running--
	k.asked[r.index].done, k.asked[r.index].got = true, r.got
	r.got.note(&k.x.trace.attempts[r.index])
	switch {
	case r.got.fault != nil:
		return true
	case r.got.gone:
		k.x.rechoose(k.next)
		k.x.leaveOutH2C()
		return false
	case r.got.reply == nil:
		return false
	case k.refuses(r.got.reply):
		k.refused = true
		k.x.trace.attempts[r.index].note = noteRefused
		k.x.keep(r.got.reply, false)
		return false
	}
	return true
}

func (k *contest) refuses(rep *reply) bool {
	if rep.c.Final || k.x.alone {
		return false
	}
	s := rep.resp.Status
	return slices.Contains(refusesUpgrade, s) || rep.c.passesOn(s)
}

// dismiss breaks off who has not answered and waits for them. The others'
// answers may still be read; their contexts end with the request's.
func (k *contest) dismiss() {
	for _, a := range k.asked {
		if !a.done {
			a.cancel()
		}
	}
	for ; k.running > 0; k.running-- {
		r := <-k.results
		k.x.trace.attempts[r.index].end(0, "silent")
		if r.got.reply != nil {
			r.got.reply.close()
		}
	}
}

// tunnel passes the switch on and joins the two connections. The tunnel lives
// on after the request.
func (x *exchange) tunnel(rep *reply) {
	hijacker, can := x.w.(http.Hijacker)
	if !can || !x.g.tunnels.enter() {
		rep.close()
		panic(http.ErrAbortHandler)
	}
	x.g.sockets.remember(x.socket(), rep.c.Name, x.sockets)
	rep.lease.release() // a restart does not wait for it (G4)
	client, backend, early, said, ok := joinable(hijacker, rep)
	if !ok {
		rep.close()
		x.g.tunnels.leave()
		return
	}
	t := &wire.Tunnel{Client: client, Backend: backend}
	tunnels := &x.g.tunnels // the tunnel must not hold on to the request
	remove, forget := tunnels.add(t.Cut), rep.lease.at.lasting.add(t.Cut)
	t.Start(early, append(x.switchHead(rep), said...), func() {
		remove()
		forget()
		tunnels.leave()
	})
}

// joinable takes both connections over, with what each side has said already;
// false when one of them is lost.
func joinable(h http.Hijacker, rep *reply) (client, backend net.Conn, early, said []byte, ok bool) {
	client, buffered, err := h.Hijack()
	if err != nil {
		return nil, nil, nil, nil, false
	}
	backend, said, ok = rep.resp.Body.Hijack()
	if !ok {
		client.Close()
		return nil, nil, nil, nil, false
	}
	early, _ = buffered.Reader.Peek(buffered.Reader.Buffered())
	return client, backend, slices.Clone(early), said, true
}

// switchHead is the 101 for the client.
func (x *exchange) switchHead(rep *reply) []byte {
	h := make(http.Header)
	wire.CopyHeader(h, rep.resp.Header)
	x.trace.stamp(h, rep.resp.Status, rep.c.Name)
	b := []byte("HTTP/1.1 101 Switching Protocols\r\n")
	b = wire.AppendField(b, "Connection", "Upgrade")
	for _, v := range rep.resp.Header["Upgrade"] {
		b = wire.AppendField(b, "Upgrade", v)
	}
	for name, values := range h {
		for _, v := range values {
			b = wire.AppendField(b, name, v)
		}
	}
	return append(b, "\r\n"...)
}
