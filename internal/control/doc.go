// Package control lets a second devgate speak with the one that runs: a unix
// socket with HTTP and JSON on it, a lock that says whether one runs at all,
// and the record of which one it is. docs/control.md is the protocol.
//
// # Guarantees
//
//   - The socket has mode 0600 in a folder of mode 0700 that belongs to this
//     user, and its path is short whatever the project's: its name is a hash.
//   - The lock is flock(2) on a file in .devgate/; the kernel drops it with its
//     process, so a killed devgate never looks alive, and a stale record or
//     socket file never keeps a new one from starting.
//   - Both sides know the version of the protocol, and neither guesses: what is
//     not understood is an error that says what to do. Down works in every one.
//   - Of every field of a query, zero means all.
//   - An error of Actions arrives at the Client as it was given: kind, text, hint.
//   - Server.Close returns after the last handler and goroutine are gone.
//
// The package knows nothing of services: what a command does is behind Actions.
package control
