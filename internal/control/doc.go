// Package control lets a second devgate speak with the one that runs: a unix
// socket with HTTP and JSON on it, a lock that says whether one runs at all,
// and the record of which one it is.
//
// # Guarantees
//
//   - The socket has mode 0600 in a folder of mode 0700 that belongs to this
//     user, and its name is short whatever the project's path: it is a hash of it.
//   - The lock is flock(2) on a file in .devgate/; the kernel drops it with its
//     process, so a killed devgate never looks alive, and a stale record or
//     socket file never keeps a new one from starting.
//   - Server.Close returns after the last handler and goroutine are gone.
//
// The package knows nothing of services: what a command does is behind Actions.
package control
