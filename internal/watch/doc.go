// Package watch tells which services' files have changed.
//
// A [Watcher] walks the folders that the targets' patterns can reach, watches
// them through the operating system, and calls back with one [Change] for each
// target and burst of writes. It guarantees:
//
//   - Content decides. A file has changed when its bytes have: touch, chmod and
//     saving the same text again give no Change. Files above 8 MiB, and files
//     that may not be read, are compared by size and modification time.
//   - One save, one Change, in whatever way the editor saves. A burst ends when
//     it has been quiet for a moment (36 ms for a lone save, longer for a longer
//     burst), and a file that is gone or empty gets 150 ms to come back.
//   - Under lasting noise there is a Change at the latest 2 s after the first
//     event, and no more than one in 2 s.
//   - Nothing is lost. A folder is watched before it is read; what appears with
//     a new folder counts; what is written between the start of Run and the end
//     of the first walk counts; after an overflow of the system's event queue all
//     watched files are compared again. Only what comes and goes between two such
//     comparisons leaves no trace, also for a program that has read it meanwhile.
//   - Targets can be replaced while Run runs, and no change is lost or told twice
//     by that (see Update).
//   - Each Change says of every file when it was written and what stands for what
//     it held before and after; with Rewrites there are Changes of files too that
//     were written as they were.
//   - Single files can be named (Target.Files), wherever they are and whatever
//     ignores them; symbolic links on the way to them are followed and watched.
//   - Only folders that can matter are watched. Those that Git ignores and those
//     on a short list (node_modules, .git, ...) are not even read, unless the
//     fixed part of a pattern names them.
//   - Where the system sends no events, or has no watches left, the folders
//     concerned are polled, and Logf says so in one line.
//
// # Ownership
//
// The goroutine that calls Run owns all state. Two more run for as long as it
// does: one that empties the system's event queue and never waits for anything,
// and one that makes the calls to the function given to Run. Run returns after
// both have ended.
package watch
