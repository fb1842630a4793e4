package supervisor

import (
	"io"
	"os"
	"sync/atomic"
	"time"
)

// A pump begins with little, for most services say little, and reads up to
// pumpMost at once from one that fills its pipe, which is then made as large: each
// wait of one for the other costs more than the bytes.
const (
	pumpStart = 8 << 10
	pumpMost  = 256 << 10
	pipeUsual = 64 << 10 // what a pipe has room for
)

// quiet is how long an open pipe without data is waited for once nobody of
// the tree is left to write to it: somebody else may hold it.
const quiet = 100 * time.Millisecond

// pump passes what a child writes into one pipe to a sink. Its goroutine ends
// with the pipe, and closes the sink then, so that an unfinished last line is
// out when awaitQuiet returns.
type pump struct {
	from *os.File
	to   io.WriteCloser
	done chan struct{}
	idle atomic.Int64 // since when (Unix ns) the pipe is empty; 0 while the sink has the bytes
}

func newPump(from *os.File, to io.WriteCloser) *pump {
	return &pump{from: from, to: to, done: make(chan struct{})}
}

// Read may block for as long as the child lives; close ends it by closing the pipe.
func (p *pump) run() {
	defer close(p.done)
	defer p.to.Close()
	buf := make([]byte, pumpStart)
	for {
		p.idle.Store(time.Now().UnixNano())
		n, err := p.from.Read(buf)
		p.idle.Store(0)
		if n > 0 {
			// A sink that failed would otherwise stop the child at a full pipe.
			p.to.Write(buf[:n]) // the sink says itself when it cannot take more
		}
		if err != nil {
			return
		}
		if n > len(buf)/2 && len(buf) < pumpMost {
			buf = make([]byte, 2*len(buf))
			if len(buf) == pipeUsual {
				enlargePipe(p.from)
			}
		}
	}
}

// awaitQuiet returns when the pipe has ended, or when it is held open but has
// been empty for a while. A slow sink is waited for: its bytes are on the way.
func (p *pump) awaitQuiet() {
	tick := time.NewTicker(quiet / 10)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case now := <-tick.C:
			// The pipe is open and empty: somebody outside of the tree holds it.
			if since := p.idle.Load(); since != 0 && now.UnixNano()-since > int64(quiet) {
				return
			}
		}
	}
}

// close ends the goroutine, whoever still holds the other end.
func (p *pump) close() {
	p.from.Close()
	<-p.done
}
