// Package guard makes `devgate up` two processes. The one that the user started,
// the guard, owns the terminal and does next to nothing; the manager is a second
// devgate in a session of its own that does everything. Pipes lie between them.
// Whichever is killed, the other notices and ends what is left: the manager as by
// Ctrl-C, the guard at once. Being in two sessions, no signal to a process group
// or from the terminal reaches both. On Windows the kernel does what this is for: there
// devgate is one process, and a Link is nil.
//
// # Guarantees
//
//   - The guard does its work before main, while packages are initialised. The
//     start of devgate is the start of two programs, one after the other: this way
//     the second need not wait for the packages of the first, which it never uses.
//     It is the one package of devgate that does anything by being imported, and
//     it does so only for the program's own name and a command line that certainly
//     needs it; for others, Start and Await do the same later.
//   - Main is reached only when there is something left to do: when the manager
//     was killed, has crashed, or has left somebody behind.
//   - Ctrl-Z, fg, bg, exit codes and signals are those of one process.
//   - A manager whose guard has ended learns of it, however it has ended, and also
//     while it is stopped itself.
//   - A devgate that another program stands for (the launcher of the npm package)
//     ends when that is killed, and takes a signal that comes twice from whoever
//     started it, the terminal and npm, for one.
//   - However the manager has ended, the terminal is as it was when Await returns.
//   - What the manager asks to Open belongs to the person in front of the
//     terminal: it is started beside both processes, and no end, signal or record
//     of them reaches it.
package guard
