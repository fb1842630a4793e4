// Package tty is the terminal that devgate was started in: whether a stream is
// one, how large it is, whether colours are wanted, what is typed, and one line
// of text that stays below all others.
//
// # Guarantees
//
//   - It knows no project and no service: what a key does is handed to it.
//   - A terminal is left as it was found, however its use ends: by its context,
//     while devgate is suspended or in the background, and by a panic under
//     Terminal.Guard. What a killed process has left, package guard mends.
//   - A key is read only once it is there, and only while the terminal is ours:
//     what is typed for a shell stays the shell's.
//   - A Keyboard and a Terminal start no goroutine; Run and Keys end with their
//     context.
package tty
