//go:build race

package procfile

// hostile is the size of hostile files. The race detector makes time tell little,
// so the sizes that matter are those of the tests without it.
const hostile = MaxSize / 16
