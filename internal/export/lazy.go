package export

import (
	"regexp"
	"sync"
)

// lazy compiles a pattern when it is first asked for: every devgate would do it at
// its start, and few export anything.
func lazy(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
