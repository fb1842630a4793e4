// Package shell takes texts for the shell apart: what runs side by side, what runs
// one after the other, and of each command its variables and words, with their
// places in the text. It knows no program and runs nothing.
// The text is read as bash reads it, which takes all that /bin/sh does. What bash refuses
// is an error; what it accepts and is no list of simple commands (a loop, a function)
// comes out as [Command.Strange].
package shell
