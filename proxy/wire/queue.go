package wire

import "time"

const (
	// starvation is how long a new connection may be without an answer until it is
	// supposed that the backend looks at another one: a server that serves one
	// connection at a time waits on an idle one for its next request.
	starvation = 75 * time.Millisecond
	// relief is how soon after the end of the idle ones an answer shows that this was
	// the reason.
	relief = 50 * time.Millisecond
)

// queue are the new connections to one backend on which nothing has been said yet.
// The pool's mu guards it.
type queue struct {
	waiting    int       // for the first word
	starving   int       // those of them that have waited for long
	relieved   time.Time // when an idle connection was last closed for them
	oneAtATime bool      // the backend has been seen to serve one connection at a time
}

// blocked reports whether an idle connection could keep the backend from answering
// on a new one.
func (q *queue) blocked() bool {
	if q.starving > 0 {
		q.relieved = time.Now()
	}
	return q.starving > 0 || q.oneAtATime && q.waiting > 0
}

// newcomer is one of the queue.
type newcomer struct {
	pool     *pool
	timer    *time.Timer
	starving bool // guarded by the pool's mu, like over
	over     bool
}

// enqueue puts a connection in the queue, to which it took that long to connect: who
// is far away is given more time.
func (p *pool) enqueue(connecting time.Duration) *newcomer {
	n := &newcomer{pool: p}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue.waiting++
	n.timer = time.AfterFunc(starvation+4*connecting, n.starve)
	return n
}

// starve closes the idle connections, which may be what the backend waits on.
func (n *newcomer) starve() {
	n.pool.mu.Lock()
	defer n.pool.mu.Unlock()
	if n.over {
		return
	}
	n.starving = true
	n.pool.queue.starving++
	if n.pool.closeIdle() {
		n.pool.queue.relieved = time.Now()
	}
}

// leave says that an answer is there, or that none will come.
func (n *newcomer) leave(answered bool) {
	n.timer.Stop()
	n.pool.mu.Lock()
	defer n.pool.mu.Unlock()
	n.over = true
	q := &n.pool.queue
	q.waiting--
	if !n.starving {
		return
	}
	q.starving--
	if answered && time.Since(q.relieved) < relief {
		q.oneAtATime = true
	}
}
