// Package front is the gateway's side towards its clients: a server for HTTP/1.1 and
// HTTP/1.0 whose requests come to a handler as they were sent, and whose answers go
// out as the handler has them.
//
// # What is guaranteed
//
//   - A request comes with its target byte for byte and its fields in order and in
//     their sender's spelling ([Client.Fields]); one that two readers could take for
//     two different ones comes to no handler (package message). What such a client is
//     told is said by [Server.Refuse], and then its connection ends.
//   - An answer has the fields that the handler has set, in the order and spelling that
//     [Client.Like] was given, and those of the connection; nothing is invented but
//     what frames the body. It goes out in one piece if it is small and nobody asks
//     for it before ([Client.Flush]).
//   - A body whose length does not come out as it was told, and one that the handler
//     breaks off, is cut: the client never takes a part for the whole.
//   - A handler may read the request's body while it answers, and after it has. When it
//     has returned the body is over: who reads on gets an error, and no byte.
//   - A client that leaves ends the context of its request within a few milliseconds
//     once its body has been read, as long as it has not sent the next request.
//   - A head must be there a minute after its first byte; a connection may be idle for
//     three. An answer, and a body, may take as long as they like.
//   - A connection that begins as HTTP/2 does is handed to [Server.HTTP2].
//
// # Goroutines
//
// One per connection, which serves its requests one after the other; one more while a
// client is watched whose answer takes longer than a few milliseconds (ends with the
// request); one that looks at all connections, each second for their limits, and, while
// requests begin, each 5 ms for clients to be watched. [Server.Close] waits for all.
package front
