// Package shell writes values into scripts for /bin/sh, so that the shell reads
// them as they are, whatever they hold.
//
// A value is quoted for the place that it stands in:
//
//	run {path}       run '/my project/bin'
//	run "{path}"     run "/my project/bin"
//	run '{path}'     run '/my project/bin'
//
// [Scan] finds out what those places are: bare, within "…" or '…', in a comment or
// a here-document, and what surrounds them: $(…), `…` and ${NAME:-…}, nested as
// they may be. [Place.Quote] writes a value there.
//
// # Guarantees
//
//   - Nothing is guessed. Where shells differ, or a script needs more than this
//     package knows of the language (arithmetic, patterns in ${…}, a quote that is
//     not closed), a place says so, and only values are written there that no shell
//     takes for anything but themselves: letters, digits and _ . / : @ + -
//   - A value never ends the quotes that it stands in, and never begins a command,
//     an expansion or a comment.
//   - Any text gives places, in time about linear in its length, never a panic.
//   - No shell is run and no disk is read.
package shell
