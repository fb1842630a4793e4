// Package mcp is devgate over the Model Context Protocol: the questions and the
// commands of the command line, as tools of a server that a coding agent starts and
// speaks with over standard input and output. It is a client of package control as
// the commands are, and has no state: each call finds its project and its devgate
// anew, so the server works before a devgate runs, across its restart, and for any
// number of projects.
//
// # Guarantees
//
//   - Nothing but the protocol is written to Options.Out.
//   - A tool that fails is a result with isError and a text that says what to do
//     next; an error of the protocol is for what is no call of a tool.
//   - Every text and every list has a bound, and says what was left out. Headers that
//     hold secrets are redacted; the server never asks for them.
//   - A call ends with its cancellation, and every wait with its limit.
//   - What `up` starts is nobody's child here: it outlives the server and the agent.
//   - Serve returns when the client has closed its end.
package mcp
