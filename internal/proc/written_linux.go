package proc

import (
	"strconv"
	"strings"
)

// Wrote is how many bytes processes have written, to whatever it was, with those of
// their children that have ended; false where that is not to be known of one.
func Wrote(pids []int) (bytes uint64, known bool) {
	for _, pid := range pids {
		n, ok := parseWrote(string(readOf(pid, "io")))
		if !ok {
			return 0, false
		}
		bytes += n
	}
	return bytes, len(pids) > 0
}

func parseWrote(text string) (bytes uint64, ok bool) {
	_, rest, _ := strings.Cut(text, "\nwchar: ")
	number, _, ok := strings.Cut(rest, "\n")
	if !ok {
		return 0, false
	}
	bytes, err := strconv.ParseUint(number, 10, 64)
	return bytes, err == nil
}
