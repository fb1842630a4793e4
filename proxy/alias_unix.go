//go:build unix

package proxy

// filesHaveAliases is false: a file has one name in a folder.
const filesHaveAliases = false
