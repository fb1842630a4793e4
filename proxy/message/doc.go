// Package message reads and writes HTTP/1.1 messages: heads as fields in order and
// in their sender's spelling, the chunked coding, trailers. It is used on both sides
// of the gateway, and knows of no connection.
//
// # What is guaranteed
//
//   - A request that two readers could take for two different ones is refused
//     (RFC 9112): a line folded in two, a space before a colon, a Content-Length
//     beside a Transfer-Encoding, lengths that differ, a coding that is not chunked
//     alone, a bare carriage return, a byte that no field may have.
//   - A target is kept byte for byte, a percent sign that begins no escape included.
//   - A chunked body is read by its grammar alone: a size that is none, data that
//     does not end where it should, a trailer that is malformed, are errors.
//   - Heads and trailers are [MaxHead] bytes long at the most.
package message
