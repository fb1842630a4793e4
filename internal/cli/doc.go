// Package cli is the command line: commands, flags, exit codes, and what a
// person reads of an answer. One file per command. A running project is package
// session's; the other commands ask it through package control.
//
// # Guarantees
//
//   - Main never calls os.Exit and keeps no state: it is a function from
//     arguments and streams to an exit code.
//   - Exit codes are those of exit.go.
package cli
