// Package wire speaks HTTP to one backend: HTTP/1.1, over TLS or not, and
// HTTP/2 without TLS. It knows where the backend is (Origin), what it is to see
// (Request) and what it says (Response), and nothing of why it is asked or of
// what becomes of its answer.
//
// # What is guaranteed
//
//   - A Request is sent as it is: the target byte for byte, end-to-end headers in
//     one order, X-Forwarded-For, -Host and -Proto once, in a message of this
//     package's own framing, so that bytes of one never become a part of another.
//   - What a Response says is what the backend said. An answer that two readers
//     could take for two different ones is ErrMalformed.
//   - A Body that ends well was whole; one that the backend does not finish ends
//     in an error. 1xx answers are told apart from the final one.
//   - A Request that is not Safe, has a body or asks for a switch of protocols goes
//     out once, on a connection opened for it. Any other may be sent again, once,
//     when an idle connection turns out to be closed.
//   - A DialError says that nothing was sent.
//   - A connection is used again only when request and answer were whole and
//     nothing more was said on it; nonsense instead of an answer, on one that was
//     idle, is a lost connection. No idle one keeps a backend that serves one
//     connection at a time from answering on a new one. A connection is idle for
//     3.5 s at most, which is below the keep-alive of usual servers. Forget closes
//     what is idle, and what is in use when it comes back.
//   - A request body can be read from its beginning as often as it is kept
//     (Spool): 256 KiB in memory, then a file without a name, up to a limit. It
//     takes from the client only what a reader asks for, and no byte is lost
//     between readers. A body that breaks off breaks its connection: a part is
//     never passed off as the whole.
//   - The end of the context given to RoundTrip closes the connection, until the
//     Body has been read or closed.
//
// # Goroutines
//
// One per request body being sent (counted in the tasks of NewTransport; ends
// with its connection), one per Body that Prefetch did not find whole (ends with
// the Body, at the latest by Close), two per Tunnel (end when both directions
// have, or by Cut), and two while both addresses of this machine are dialled.
// Those of net/http's transport end with its connections, and so does the one of a
// request with a body by HTTP/2 (patientConn).
//
// # Structure
//
// h1 and h2 are the two transports. h1 takes a conn from its pool or has its
// dialer open one, sends the head (Request) and, beside it, the body (sender, from
// a SpoolReader), and reads the head (head); its h1Body is then the source of the
// Response's Body. A request with a body goes by HTTP/2 on a connection of its own,
// from which net/http's transport learns of a refusal only when the body is sent.
// It is not used for HTTP/1.1: it rewrites targets and reuses connections that may
// be closing.
package wire
