// Package proc knows the processes of this machine as a supervisor must: who
// descends from whom, which of them carry a mark in their environment, and how
// to end them all, also those that fork, ignore signals or have left their
// group and session.
//
// # Guarantees
//
//   - A process is named by its number and its start time, so a number that the
//     system has given to somebody else is never signalled.
//   - KillAll ends when nothing of what it was given is left, or when its
//     context ends. It stops processes before it kills them, so that a fork
//     storm cannot outrun it.
//   - A Nursery reaps what a subreaper inherits, and never a child that somebody
//     waits for.
//
// Linux has all of it (children lists, pidfds, subreapers, parent-death
// signals). Elsewhere descendants and marks come from ps(1) snapshots, orphans
// go to init, and a process that has left its parents and emptied its
// environment between two snapshots is not found.
package proc
