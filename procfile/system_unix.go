//go:build unix

package procfile

// onWindows is false: no rules of Windows are checked.
const onWindows = false
