package supervisor

import "sync"

// mailbox is an unbounded queue from many senders to one reader. Sending never
// blocks, so two goroutines that send to each other cannot deadlock; what goes
// through it is rare (commands, exits, timers), so it stays short.
type mailbox[T any] struct {
	mu    sync.Mutex
	queue []T
	ready chan struct{} // holds one token while queue is not empty
}

func newMailbox[T any]() *mailbox[T] {
	return &mailbox[T]{ready: make(chan struct{}, 1)}
}

func (b *mailbox[T]) put(v T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, v)
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take empties the mailbox; the reader calls it after a receive from ready.
func (b *mailbox[T]) take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.queue
	b.queue = nil
	return all
}
