// Package input reads the files that a project is made from. People name them,
// so that they may be anything: a pipe of a password manager, a device, a file
// in a network folder that does not answer.
//
// # Guarantees
//
//   - Every call ends: with its context, or after [Patience].
//   - No more than [MaxSize] is read of anything.
//   - A pipe is read to its end if somebody writes to it. Devices and sockets are
//     refused without being opened; the null device is an empty file.
//   - An error says what is there, in words for people, and what to do.
//   - No goroutine is left behind, with one exception: a call that hangs inside
//     of the system cannot be ended by anybody, and is given up.
package input
