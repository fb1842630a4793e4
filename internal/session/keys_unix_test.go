//go:build unix

package session

// jobHelp is what the help says of keys that the terminal makes signals of.
const jobHelp = "\n  Ctrl-Z stop for a while: fg goes on"
