// Package ingress is how requests come in: on which addresses the gateway listens
// (Open), for which hosts it answers (Hosts), and in what form a request must be
// (Strict). It knows nothing of backends.
//
// # What is guaranteed
//
//   - Open opens all that was asked for, or nothing: a port that somebody else has
//     on one address of this machine is an error.
//   - Hosts accepts the names of this machine that no web page can claim, and those
//     that were configured; nothing else.
//   - On a connection of Strict, a request that net/http would repair without a word,
//     and that a second reader could read differently, gets 400 and ends the
//     connection. Other bytes pass unchanged, and nothing is buffered. A percent sign
//     that begins no escape, which net/http would refuse, passes as another byte, and
//     Restore puts it back.
//   - What net/http says to a request that it refuses itself is said by the caller.
//
// It starts no goroutine.
package ingress
