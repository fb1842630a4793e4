//go:build unix

package port

import "os"

// ownProcess is what there is to see of this process.
func ownProcess() Owner {
	dir, _ := os.Getwd()
	return Owner{PID: os.Getpid(), Command: os.Args[0], Dir: dir}
}
