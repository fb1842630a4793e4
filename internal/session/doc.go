// Package session is one running project, from the lock to the last line: it
// puts the packages below it together, says to people what happens, and takes
// all of it down in order. It knows no command and no flag; what it is run with
// are Options. translate.go holds the translation from a Devgatefile's words to
// those of the packages that do the work.
//
// # Guarantees
//
//   - At most one session of a project runs at a time, and when Run returns,
//     nothing of it is left: no process, no port, no socket, no goroutine.
//   - On the way down the order is fixed: the watcher, the gateway, the
//     services in reverse order of `after`, the control socket, and last the
//     log, which by then holds everything that was said.
package session
