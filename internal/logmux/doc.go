// Package logmux turns the raw bytes of many processes into whole lines.
//
// Every child of devgate has two streams. What is written to a Stream goes three
// ways: untouched into the raw file of its service, as clean lines into memory,
// and as clean lines with a prefix onto the one output that a person reads.
//
// # Guarantees
//
//   - Each Write to Config.Out consists of whole lines, so no line ever holds
//     the text of two services, whatever the children do.
//   - No text is lost. How a child cuts its output into writes changes neither
//     the text nor the lines, only how long an unfinished line has to wait.
//   - A line longer than 64 KiB is shown in pieces of at most 64 KiB. Every
//     piece after the first one is marked as continued, and memory stays bounded.
//   - An unfinished line (a prompt) is shown once its stream has been silent for
//     80 ms. What comes later on the same line is shown as its continuation; a
//     line end alone shows nothing further.
//   - A Matcher sees every line of its streams, however fast they come; memory
//     may forget lines, and a follower that is too slow misses them.
//   - A child cannot steer the terminal. Of all escape sequences only colours
//     survive; they are written anew in a normal form, reset at the end of each
//     line, and taken up again in the next line of the same stream.
//   - What Show hides from the output goes to raw files, memory and matchers all
//     the same, and what devgate says is never hidden.
//   - The output is the pace: when it is not read, writers wait, and with them
//     the children behind their pipes. Devgate, Tail and Follow never wait for it.
//
// # What a line looks like
//
//	api | a line of the service
//	api + more of the line before it
//	api * a line of devgate about the service
//	devgate: a line of devgate about everything
//
// # What happens to bytes that are not plain text
//
// A carriage return starts the line again, so that a progress bar shows its last
// state; before a line feed it is part of the line end. A backspace takes one
// character back. Tabs stay. Other control characters (C0, DEL and C1) and other
// escape sequences, finished or not, are dropped; a line feed ends every sequence,
// so that a broken one cannot swallow the log. Characters that turn the direction
// of the text around them, and U+2028 and U+2029, are shown by their numbers
// (\u202e). Bytes that are not UTF-8 appear as
// U+FFFD on the output and in memory; the raw file has them as they were.
//
// # Ownership
//
// Writers run on the caller's goroutines. One goroutine per Printer writes to
// Config.Out; a timer per Stream shows prompts. Close waits for all of them.
// Locks are taken in this order: stream, then memory or output, never both.
package logmux
