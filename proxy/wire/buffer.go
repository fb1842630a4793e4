package wire

import "sync"

// Large enough that a copy costs few calls of the system, small enough for many at once.
const copyBufferSize = 64 << 10

// buffers are the pieces in which bodies are copied. The pool holds no state
// that anybody could see.
var buffers = sync.Pool{New: func() any {
	b := make([]byte, copyBufferSize)
	return &b
}}

func getBuffer() *[]byte  { return buffers.Get().(*[]byte) }
func putBuffer(b *[]byte) { buffers.Put(b) }
