// Package lint tells what can be seen to be wrong in a project without starting
// anything: what is valid, and yet not what its author can mean.
//
// # Guarantees
//
//   - Nothing of the project is run, and nothing is written.
//   - What it says is a warning: nothing depends on it, and no exit code.
//   - It says only what it can see. A command that only a shell can take apart is left
//     alone, and so is what a build or a task may still make.
//   - It ends with its context, and then says less.
package lint
