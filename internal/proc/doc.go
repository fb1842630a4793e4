// Package proc knows the processes of this machine as somebody must who has
// started some of them: who descends from whom, which of them carry a mark in
// their environment, what they listen on, and how to end them all, also those
// that fork, ignore signals or have left their group and session.
//
// # Guarantees
//
//   - A process is named by its number and its start time, so a number that the
//     system has given to somebody else is never signalled.
//   - Where there are no jobs, KillAll ends when nothing of what it was given is left, or when its
//     context ends. It stops processes before it kills them, so that a fork
//     storm cannot outrun it.
//   - A Reaper, where there are such, reaps what a subreaper inherits, and never a child that somebody
//     waits for.
//   - What another program prints is read by functions without side effects that
//     every system's tests run, and never depends on the user's language.
//
// It is the one package that reads /proc about processes. Linux has all of it
// (children lists, pidfds, subreapers, parent-death signals). On macOS the
// kernel's own table of processes stands for the lists, orphans go to launchd,
// and a process that has left its parents and emptied its environment is not
// found; which sockets somebody has is asked of lsof(8). Windows has jobs instead of
// groups, marks and subreapers: a process is born in its Job and cannot leave it, and
// the kernel ends all that is in one with the process that has made it. There are no
// signals; a console tells the programs in it to end (Tell). What another process has in
// its environment, and its working directory, are not told there.
package proc
