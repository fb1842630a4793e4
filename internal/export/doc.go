// Package export writes what a project needs where devgate ends: the routes that
// development has shown, in the language of an engine.
//
// [New] makes a [Model] of a project and what was observed of it (package
// routes); a target writes it down, a file each. The same project and observations
// give the same bytes. No value of an env file is read, so none is written. Each
// text of the project goes through the one function that quotes it for its syntax
// (quote.go), and the tests read it back.
//
// What an engine cannot do is in the head of what is written for it, or the
// target is refused: nothing is left out in silence.
package export
