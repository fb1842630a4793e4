package proxy

// filesHaveAliases: a file may be had by other names than its own.
const filesHaveAliases = true
