package wire

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"devgate/proxy/message"
)

// sender writes a request with a body while the answer is already being
// listened for. It is nil for requests without a body.
// Its methods may be called of a nil one.
type sender struct {
	cn   *conn
	call *Request
	body *SpoolReader
	asks bool // waits for consent (Expect: 100-continue)

	consent     chan struct{}
	consentOnce sync.Once
	refused     chan struct{} // closed by a final answer
	done        chan struct{}
	err         error // why not all was sent; set before done is closed
}

func newSender(cn *conn, c *Request, body *SpoolReader) *sender {
	return &sender{
		cn: cn, call: c, body: body, done: make(chan struct{}),
		// What is already here need not be asked for.
		asks:    c.ExpectsContinue() && !c.Body.begun(),
		consent: make(chan struct{}), refused: make(chan struct{}),
	}
}

// proceed passes on the backend's consent.
func (s *sender) proceed() {
	if s != nil {
		s.consentOnce.Do(func() { close(s.consent) })
	}
}

// answered says that the final answer is here, so consent will not come.
func (s *sender) answered() {
	if s != nil {
		close(s.refused)
	}
}

// settling is how long the last piece of a request may take to be written, whose
// answer is there already.
const settling = 20 * time.Millisecond

// finished reports whether the whole request is sent. An answer may be here before
// the sender has noticed that it has written all.
func (s *sender) finished() bool {
	switch {
	case s == nil:
		return true
	case !s.isDone(0) && (!s.body.atEnd(s.call.Length) || !s.isDone(settling)):
		return false
	}
	return s.err == nil
}

// isDone reports whether the sender has ended, within patience.
func (s *sender) isDone(patience time.Duration) bool {
	select {
	case <-s.done:
		return true
	default:
		if patience == 0 {
			return false
		}
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-s.done:
		return true
	case <-t.C:
		return false
	}
}

// stop ends the sending; the backend sees the end of the connection in the middle
// of the body.
func (s *sender) stop() {
	if s != nil {
		s.body.Close()
	}
}

// run sends head and body. A body that fails closes the connection, so that
// the backend can not take a part of it for the whole.
func (s *sender) run(head []byte) {
	defer close(s.done)
	defer s.body.Close() // nothing needs to be kept for it any more
	// A body that fails is the client's fault or the disk's. An error of the connection
	// itself has closed it, and is found by who reads.
	if s.err = s.send(head); s.err != nil && s.err != errNoConsent {
		if _, failure := s.call.Body.Whole(); failure != nil {
			s.cn.close()
		}
	}
}

// The backend has refused before the body: that is no failure of either.
var errNoConsent = io.ErrNoProgress

func (s *sender) send(head []byte) error {
	if _, err := s.cn.Write(head); err != nil {
		return err
	}
	if !s.mayBegin() {
		return errNoConsent
	}
	if s.call.Length >= 0 {
		return s.sendPlain()
	}
	return s.sendChunks()
}

func (s *sender) mayBegin() bool {
	if !s.asks {
		return true
	}
	patience := time.NewTimer(continuePatience)
	defer patience.Stop()
	select {
	case <-s.consent:
		return true
	// A backend that does not know Expect never consents (RFC 9110, section 10.1.1): the
	// body goes out all the same.
	case <-patience.C:
		return true
	case <-s.refused:
		return false
	}
}

func (s *sender) sendPlain() error {
	buf := getBuffer()
	defer putBuffer(buf)
	for {
		// What is in a file by now goes from there; then one piece is read, as the file
		// may grow.
		if err := s.sendFiled(nil); err != nil {
			return err
		}
		n, err := s.body.Read(*buf)
		if n > 0 {
			if _, err := s.cn.Write((*buf)[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// sendFiled lets the kernel send what is recorded in a file, so that a replayed
// body does not pass through memory; as one chunk when frame, which is room to
// write in, is not nil.
func (s *sender) sendFiled(frame []byte) error {
	f, off, n := s.body.filed()
	// Small pieces cost less through memory than by a call of the system each.
	if s.cn.raw == nil || n < copyBufferSize {
		return nil
	}
	if frame != nil {
		if _, err := s.cn.Write(chunkSize(frame, n)); err != nil {
			return err
		}
	}
	if err := sendFile(s.cn, f, off, n); err != nil {
		return err
	}
	s.body.skip(n)
	if frame != nil {
		_, err := s.cn.Write([]byte("\r\n"))
		return err
	}
	return nil
}

// chunkRoom is what a chunk's size and line end take before its data.
const chunkRoom = 16

// sendChunks writes each chunk with one Write, so that a small one is one
// packet.
func (s *sender) sendChunks() error {
	buf := getBuffer()
	defer putBuffer(buf)
	b := *buf
	for {
		if err := s.sendFiled(b); err != nil {
			return err
		}
		n, err := s.body.Read(b[chunkRoom : len(b)-2])
		if n > 0 {
			if _, err := s.cn.Write(frameChunk(b, n)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			_, err := s.cn.Write(lastChunk(*s.call.trailer, s.call.behind()))
			return err
		}
		if err != nil {
			return err
		}
	}
}

// frameChunk puts the size before, and a line end after, the n bytes of data
// that begin at chunkRoom.
func frameChunk(b []byte, n int) []byte {
	var size [chunkRoom]byte
	s := chunkSize(size[:], int64(n))
	from := chunkRoom - len(s)
	copy(b[from:], s)
	end := chunkRoom + n
	b[end], b[end+1] = '\r', '\n'
	return b[from : end+2]
}

// chunkSize writes the line before n bytes of data into b.
func chunkSize(b []byte, n int64) []byte {
	return append(strconv.AppendInt(b[:0], n, 16), '\r', '\n')
}

// lastChunk is the end of a chunked body, with a trailer in the order and spelling of
// like.
func lastChunk(trailer http.Header, like []message.Field) []byte {
	return append(message.AppendHeader([]byte("0\r\n"), trailer, like, nil), "\r\n"...)
}
