// Package ingress is where requests come in: on which addresses the gateway listens
// (Open), and for which hosts it answers (Hosts). It knows nothing of requests
// themselves, nor of backends.
//
// # What is guaranteed
//
//   - Open opens all that was asked for, or nothing: a port that somebody else has
//     on one address of this machine is an error.
//   - Hosts accepts the names of this machine that no web page can claim, and those
//     that were configured; nothing else.
//
// It starts no goroutine.
package ingress
