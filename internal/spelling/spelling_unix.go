//go:build unix

package spelling

// Of returns a path as it is: another spelling is another file.
func Of(path string) string { return path }
