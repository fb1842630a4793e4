package found

import "syscall"

// modes are those of the streams that are consoles. Nobody changes it.
var modes = modesOf(syscall.Stdout, syscall.Stderr)

func modesOf(streams ...syscall.Handle) map[syscall.Handle]uint32 {
	all := map[syscall.Handle]uint32{}
	for _, stream := range streams {
		var mode uint32
		if syscall.GetConsoleMode(stream, &mode) == nil {
			all[stream] = mode
		}
	}
	return all
}

// Mode is the one that a console had; false for what was no standard output of this
// process, or none.
func Mode(console uintptr) (mode uint32, known bool) {
	mode, known = modes[syscall.Handle(console)]
	return mode, known
}
