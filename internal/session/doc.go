// Package session is one running project, from the lock to the last line: it
// puts the packages below it together, says to people what happens, and takes
// all of it down in order. It knows no command and no flag; what it is run with
// are Options. translate.go holds the translation from a Devgatefile's words to
// those of the packages that do the work.
//
// # Guarantees
//
//   - At most one session of a project runs at a time. When Run returns, nothing
//     of it is left: no process, no port, no socket, and no goroutine but one
//     that the system does not let go while it reads a file.
//   - On the way down the order is fixed: the gateway, the services in reverse
//     order of `after`, the control socket, and last the log, which by then holds
//     everything that was said. The watcher and a reload are told to end first,
//     and waited for no longer than a second: what reads files keeps no service
//     alive.
//   - A saved Devgatefile takes effect as a whole or not at all, and nothing that
//     is read for it holds up a save, a request or the end.
//   - No part knows the session; see session.go for who has what.
package session
