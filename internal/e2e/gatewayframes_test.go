//go:build e2e

package e2e

import (
	"encoding/binary"
	"io"
)

// frame reads the next frame, whatever it is (RFC 6455 section 5.2). What a
// server sends is not masked.
func (s *socket) frame() (opcode byte, payload string, err error) {
	head := make([]byte, 2, 10)
	if _, err := io.ReadFull(s.read, head); err != nil {
		return 0, "", err
	}
	length := uint64(head[1])
	if size := map[uint64]int{126: 2, 127: 8}[length]; size > 0 {
		long := make([]byte, 8)
		if _, err := io.ReadFull(s.read, long[8-size:]); err != nil {
			return 0, "", err
		}
		length = binary.BigEndian.Uint64(long)
	}
	body := make([]byte, length)
	_, err = io.ReadFull(s.read, body)
	return head[0] & 15, string(body), err
}
