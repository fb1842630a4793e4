// Package reach finds the devgate that runs a project, from a folder in it, and
// waits for its beginning, its readiness and its end. It is how commands and the
// MCP server come to a control.Client; what they ask is their own affair.
//
// # Guarantees
//
//   - A project is found without its Devgatefile being read: what runs can be asked
//     and stopped while the file is broken, or gone.
//   - A devgate that Ctrl-Z has stopped is an error, not a wait without end.
//   - Every wait ends with its context or its limit.
package reach
