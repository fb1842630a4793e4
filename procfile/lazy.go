package procfile

import (
	"regexp"
	"sync"
)

// lazy compiles a pattern when it is first asked for. Compiling all of them
// takes a millisecond, and every devgate would do that at its start; a file
// without mistakes needs only a few.
func lazy(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
