package wire

import (
	"context"
	"net/http"

	"devgate/proxy/message"
)

// h2Body is the body of an answer that came by net/http's transport, which
// tells nothing of what is here already.
type h2Body struct {
	*http.Response
	watch watch
}

// Read implements io.Reader.
func (b h2Body) Read(p []byte) (int, error) { return b.Body.Read(p) }

// Close implements io.Closer.
func (b h2Body) Close() error {
	defer b.watch.end()
	return b.Body.Close()
}

func (b h2Body) cut()                                    { b.Body.Close() }
func (b h2Body) detach()                                 { b.watch.stop() }
func (b h2Body) pauses() bool                            { return true }
func (b h2Body) rest() int64                             { return -1 }
func (b h2Body) whole() bool                             { return false }
func (b h2Body) trailer() (http.Header, []message.Field) { return b.Trailer, nil }

// watch ends a context with another one, until it is told to stop.
type watch struct {
	stop   func() bool
	cancel context.CancelFunc
	after  func() // called at the end; nil: nothing
}

// watched returns a context that ends with ctx, or with the watch.
func watched(ctx context.Context) (context.Context, watch) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	return own, watch{stop: context.AfterFunc(ctx, cancel), cancel: cancel}
}

func (w watch) end() {
	w.stop()
	w.cancel()
	if w.after != nil {
		w.after()
	}
}
