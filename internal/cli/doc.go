// Package cli is the command line: it reads flags, wires the packages below it
// together and says to people what happens. One file per command; session.go
// is a running project, wire.go the translation from a Devgatefile's words to
// those of the packages that do the work.
//
// # Guarantees
//
//   - Main never calls os.Exit and keeps no state: it is a function from
//     arguments and streams to an exit code.
//   - Exit codes are those of exit.go.
//   - On the way down the order is fixed: the watcher, the gateway, the
//     services in reverse order of `after`, the control socket, and last the
//     log, which by then holds everything that was said.
package cli
