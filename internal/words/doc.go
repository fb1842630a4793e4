// Package words says in plain text what a running devgate has answered: how services
// are, who was asked for a request, what is not ready and why. Commands print it for
// people, and the MCP server gives it to models beside the data. It has no colours
// and no JSON.
package words
