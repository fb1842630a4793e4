package front

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// outBuffer is how much of an answer goes out in one piece.
const outBuffer = 16 << 10

// outs are the buffers of answers that are under way.
var outs = sync.Pool{New: func() any {
	b := make([]byte, 0, outBuffer)
	return &b
}}

func appendChunk(b, p []byte) []byte {
	b = strconv.AppendInt(b, int64(len(p)), 16)
	b = append(b, "\r\n"...)
	b = append(b, p...)
	return append(b, "\r\n"...)
}

// write passes on a piece of the body: small ones together, large ones as they are.
func (w *Client) write(p []byte) (int, error) {
	w.left -= int64(len(p))
	if len(w.out)+len(p)+chunkFrame <= outBuffer {
		if w.frame == byChunks {
			w.out = appendChunk(w.out, p)
		} else {
			w.out = append(w.out, p...)
		}
		return len(p), nil
	}
	w.commit()
	pieces := net.Buffers{w.out, p}
	if w.frame == byChunks {
		w.out = strconv.AppendInt(w.out, int64(len(p)), 16)
		w.out = append(w.out, "\r\n"...)
		pieces = net.Buffers{w.out, p, []byte("\r\n")}
	}
	if _, err := pieces.WriteTo(w.c.nc); err != nil {
		return 0, w.fail(err)
	}
	w.out = w.out[:0]
	return len(p), nil
}

// chunkFrame is more than what stands around a chunk.
const chunkFrame = 24

func (w *Client) fail(err error) error {
	w.err = err
	return err
}

// send writes what was buffered.
func (w *Client) send(b []byte) {
	if w.err == nil && len(b) > 0 {
		w.commit()
		_, w.err = w.c.nc.Write(b)
	}
}

// ReadFrom implements io.ReaderFrom: where nothing stands between, the system moves
// the bytes by itself.
func (w *Client) ReadFrom(r io.Reader) (n int64, err error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	tcp, ok := w.c.nc.(*net.TCPConn)
	if !ok || w.frame != byLength {
		return io.Copy(onlyWriter{w}, r)
	}
	w.Flush()
	if w.err != nil {
		return 0, w.err
	}
	if l, is := r.(*io.LimitedReader); !is || l.N > w.left { // behind two of them the system sees no file
		r = io.LimitReader(r, w.left)
	}
	n, err = tcp.ReadFrom(r)
	w.left -= n
	return n, err
}

// onlyWriter hides ReadFrom.
type onlyWriter struct{ io.Writer }

// finish sends what is left of the answer; false: the client has not got it whole.
func (w *Client) finish() bool {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.frame == open {
		w.header["Content-Length"] = []string{strconv.Itoa(len(w.out))}
		body := slices.Clone(w.out)
		w.frame, w.out = byLength, w.out[:0]
		w.appendHead()
		w.out = append(w.out, body...)
	}
	if w.frame == byChunks {
		w.out = append(w.out, "0\r\n"...)
		w.out = w.appendTrailer(w.out)
		w.out = append(w.out, "\r\n"...)
	}
	w.send(w.out)
	if out := w.out[:0]; cap(out) == outBuffer {
		outs.Put(&out)
	}
	w.out = nil
	return w.err == nil && w.left <= 0
}

// reset ends the connection of an answer that has broken off, so that the client does
// not take its end for that of the body.
func (w *Client) reset() {
	if tcp, ok := w.c.nc.(*net.TCPConn); ok && w.frame == byEnd {
		tcp.SetLinger(0)
	}
}
