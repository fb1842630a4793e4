package wire

import "net/http"

// h2Body is the body of an answer that came by net/http's transport, which
// tells nothing of what is here already.
type h2Body struct{ *http.Response }

// Read implements io.Reader.
func (b h2Body) Read(p []byte) (int, error) { return b.Body.Read(p) }

// Close implements io.Closer.
func (b h2Body) Close() error { return b.Body.Close() }

func (b h2Body) cut()                 { b.Body.Close() }
func (b h2Body) pauses() bool         { return true }
func (b h2Body) rest() int64          { return -1 }
func (b h2Body) whole() bool          { return false }
func (b h2Body) trailer() http.Header { return b.Trailer }
