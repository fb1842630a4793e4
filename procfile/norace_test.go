//go:build !race

package procfile

// hostile is the size of hostile files: the largest that is looked at.
const hostile = MaxSize
