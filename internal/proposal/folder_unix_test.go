//go:build unix

package proposal

// oddFolder is a name that a terminal would obey.
const oddFolder = "docs\x1b[2J"
