// Package agents keeps the block in a project's AGENTS.md that tells coding agents how
// the project is run with devgate.
//
// # Guarantees
//
//   - Everything outside of the block stays byte for byte, and a file whose lines end
//     with CRLF gets a block whose lines do.
//   - Writing what is there already writes nothing.
//   - A block whose end cannot be found is an error, and nothing is written.
//   - The file is replaced whole or not at all; a link stays a link, and modes stay.
package agents
