// Package checkout says which checkout of which Git repository a folder is in. It
// reads the files that Git keeps, and never runs git: a launch has no time for that,
// and git may not be installed.
//
// # Guarantees
//
//   - Two folders have the same Repository exactly if Git keeps the objects of both
//     in one place: a clone's main checkout and all its linked worktrees, by
//     whatever path they are reached.
//   - What is not understood, or cannot be read, is no repository; nothing is guessed.
//   - Nothing is written, and no read waits longer than input.Patience.
package checkout
