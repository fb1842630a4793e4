package logmux

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"devgate/internal/oserr"
)

const (
	// bufferFull is where writers begin to wait for the output: each wait of one
	// for the other costs more than the bytes.
	bufferFull = 256 << 10
	// bufferCap is where lines of devgate itself, which never wait, are dropped:
	// reached only when the output has not been read for a very long time.
	bufferCap = 1 << 20
)

// errNotRead is what Close returns when the output took nothing any more.
var errNotRead = errors.New("write output: it is not being read")

// An output assembles lines in one buffer while its goroutine writes another.
type output struct {
	w          io.Writer
	format     Format
	colours    bool
	timestamps bool
	onClosed   func(error)

	mu      sync.Mutex
	filter  filter        // whose lines are written
	work    *sync.Cond    // there is something to write, or the end has come
	room    *sync.Cond    // the buffer has been taken, or the output is gone
	buf     []byte        // whole lines that wait to be written
	spare   []byte        // the buffer that is not in use
	scratch []byte        // what stands before the text of every line of a batch
	plain   []byte        // a line without its colours
	dropped int           // lines of devgate that found no place
	closing bool          // write what is left and end
	over    bool          // nothing is written any more
	err     error         // why, if it was not Close
	writes  int           // that have ended
	gaveUp  chan struct{} // closed when nobody waits any longer
	giving  sync.Once     // to close it
	helper  sync.WaitGroup
	done    chan struct{} // closed when the goroutine has ended
}

func newOutput(cfg Config) *output {
	o := &output{
		w:          cfg.Out,
		format:     cfg.Format,
		colours:    cfg.Color && cfg.Format == Text,
		timestamps: cfg.Timestamps,
		onClosed:   cfg.OnClosed,
		filter:     filter{onHidden: cfg.OnHidden},
		gaveUp:     make(chan struct{}),
		done:       make(chan struct{}),
	}
	o.work, o.room = sync.NewCond(&o.mu), sync.NewCond(&o.mu)
	go o.run()
	return o
}

// A batch is the pieces of one stream that are ready at the same moment.
type batch struct {
	svc    *service
	from   source
	at     time.Time
	text   []byte
	pieces []piece
}

// add hands over the lines of b, where they are shown, and waits for room where need
// be.
func (o *output) add(b batch) {
	if !o.addShown(b) {
		o.filter.tell()
	}
}

// addShown reports whether the lines of b are shown.
func (o *output) addShown(b batch) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.filter.hides(b) {
		return false
	}
	o.begin(b)
	start := 0
	for _, p := range b.pieces {
		// Writers wait with their lock on the stream: the child behind its pipe waits
		// with them.
		for len(o.buf) >= bufferFull && !o.over {
			o.work.Signal()
			o.room.Wait()
			o.begin(b) // the scratch space may have served others since
		}
		// Nobody reads any more: the lines are in memory and files.
		if o.over {
			return true
		}
		o.appendLine(b, b.text[start:p.end], p)
		start = p.end
	}
	o.work.Signal()
	return true
}

// addNow hands over lines of devgate: together, and without waiting.
// It is said by devgate's own goroutines, which must never wait for a terminal that
// somebody has stopped.
func (o *output) addNow(b batch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return
	}
	if len(o.buf) > bufferCap {
		o.dropped += len(b.pieces)
		return
	}
	o.noteDropped(b)
	o.begin(b)
	start := 0
	for _, p := range b.pieces {
		o.appendLine(b, b.text[start:p.end], p)
		start = p.end
	}
	o.work.Signal()
}

// noteDropped says in front of b how many lines had to be dropped.
func (o *output) noteDropped(b batch) {
	if o.dropped == 0 {
		return
	}
	b.text = fmt.Appendf(nil, "%d lines of devgate skipped: the output was not read", o.dropped)
	o.dropped = 0
	o.begin(b)
	o.appendLine(b, b.text, piece{end: len(b.text)})
}

// begin prepares what stands in front of the lines of b.
func (o *output) begin(b batch) {
	o.scratch = o.scratch[:0]
	switch {
	case o.format == JSON:
		o.scratch = appendHead(o.scratch, b.at, b.svc.name, b.from.String())
	case o.timestamps:
		o.scratch = append(b.at.Local().AppendFormat(o.scratch, "15:04:05.000"), ' ')
	}
}

func (o *output) appendLine(b batch, text []byte, p piece) {
	// JSON and plain outputs get no escape sequences at all.
	if p.styled && !o.colours {
		o.plain = appendUnstyled(o.plain[:0], text)
		text = o.plain
	}
	o.buf = append(o.buf, o.scratch...)
	if o.format == JSON {
		o.buf = appendTail(o.buf, text, p.continued)
	} else {
		o.buf = append(o.buf, b.svc.label.of(b.from, p.continued)...)
		o.buf = append(o.buf, text...)
	}
	o.buf = append(o.buf, '\n')
}

// run writes until the end or the first error, which it reports.
func (o *output) run() {
	defer close(o.done)
	for {
		full := o.take()
		if full == nil {
			return
		}
		if err := writeAll(o.w, full); err != nil {
			err = fmt.Errorf("write output: %w", err)
			// fail first: who waits for room goes on before anybody is called.
			o.fail(err)
			if o.onClosed != nil {
				o.onClosed(err)
			}
			return
		}
		o.mu.Lock()
		o.writes++
		o.mu.Unlock()
	}
}

// take returns the next lines to write, or nil at the end.
func (o *output) take() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.buf) == 0 && !o.closing && !o.over {
		o.work.Wait()
	}
	// over, although lines are left: nobody wants them.
	if len(o.buf) == 0 || o.over {
		o.end(nil)
		return nil
	}
	full := o.buf
	// The two buffers change places, so that no line is copied and memory does not grow.
	o.buf, o.spare = o.spare[:0], full
	o.room.Broadcast()
	return full
}

// fail ends the output because of err.
func (o *output) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.end(err)
}

// end ends the output; who waits for it goes on. The lock is held.
func (o *output) end(err error) {
	// The first error is the reason; giving up after it adds nothing.
	if !o.over {
		o.err = err
	}
	o.over = true
	o.buf = nil
	o.room.Broadcast()
	o.work.Signal()
}

// finish lets the goroutine write what is left and end.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closing = true
	o.work.Signal()
}

// giveUp stops waiting for an output that is not read.
func (o *output) giveUp() {
	o.fail(errNotRead)
	o.giving.Do(func() { close(o.gaveUp) })
}

// hurry gives up, from now on, an output that takes nothing for so long.
func (o *output) hurry(patience time.Duration) {
	before := o.ended()
	o.helper.Go(func() {
		tick := time.NewTicker(patience)
		defer tick.Stop()
		for {
			select {
			case <-o.done:
				return
			case <-o.gaveUp:
				return
			case <-tick.C:
			}
			now := o.ended()
			// Not one write has ended since the last look, and lines wait.
			if now == before && now >= 0 {
				o.giveUp()
			}
			before = now
		}
	})
}

// ended is how many writes have; -1 when there is nothing to write.
func (o *output) ended() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.buf) == 0 {
		return -1
	}
	return o.writes
}

// wait returns when all is written, or when that is not to be expected.
func (o *output) wait() error {
	// gaveUp: the goroutine may hang in its Write for ever, and is left behind.
	select {
	case <-o.done:
	case <-o.gaveUp:
	}
	o.helper.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// writeAll writes b. A terminal that another program has made non-blocking
// answers EAGAIN while it is stopped: then it is asked again until it takes more.
func writeAll(w io.Writer, b []byte) error {
	for {
		n, err := w.Write(b)
		// n is counted in any case: a part may have been written.
		if !oserr.WouldBlock.In(err) {
			return err
		}
		b = b[n:]
		time.Sleep(10 * time.Millisecond)
	}
}
