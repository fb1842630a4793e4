// Package split takes the scripts of a project apart, down to the simple commands
// that they start: the leaves.
//
// A script of package.json, a line of a Procfile, a recipe of make is a [Flow]: a
// text for the shell with the folder that it runs in. What stands in it side by
// side, what a launcher (concurrently, turbo, nx) would start, and the scripts that
// it calls are flows again. A [Leaf] is a command that starts nothing but itself; it
// knows how it is run as a person would run it ("npm run dev"), and whether a word
// that is put behind that reaches it.
//
// # Guarantees
//
//   - Nothing is run. A text that cannot be taken apart is one leaf, and vague.
//   - Circles of scripts end, and so do scripts that multiply.
//   - It knows how to start programs, and not what they are: that is package tool.
package split
