package port

import "os"

// ownProcess is what there is to see of this process: the folder of a process is its own
// business here.
func ownProcess() Owner { return Owner{PID: os.Getpid(), Command: os.Args[0]} }
