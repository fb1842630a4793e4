//go:build unix

package testwine

func isWine() bool { return false }
