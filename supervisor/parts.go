package supervisor

import "sync"

// parts are the goroutines of a run beside its main one. Unlike those of a
// WaitGroup they may come in as long as any of them is at work, also while they
// are waited for; once all are done and were waited for, none comes in any more.
// A WaitGroup may not grow from 0 while it is waited for; a part that starts another one
// as the last of them would do just that.
type parts struct {
	mu     sync.Mutex
	count  int
	closed bool
	idle   chan struct{} // closed when count falls to 0; nil where nobody waits
}

// run runs f in a goroutine of its own, or reports false: it is too late.
func (p *parts) run(f func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.count++
	go func() { // joined by join
		defer p.leave()
		f()
	}()
	return true
}

func (p *parts) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count--; p.count == 0 && p.idle != nil {
		close(p.idle)
		// Closed under the lock: run either comes before this, or is refused.
		p.idle, p.closed = nil, true
	}
}

// join returns once no part is at work; from then on none comes in. It is called
// once.
func (p *parts) join() {
	p.mu.Lock()
	if p.count == 0 {
		p.closed = true
		p.mu.Unlock()
		return
	}
	idle := make(chan struct{})
	p.idle = idle
	p.mu.Unlock()
	<-idle
}
