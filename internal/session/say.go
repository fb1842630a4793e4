package session

import (
	"fmt"
	"strings"
	"time"
)

// say prints a line of devgate's own about a service, or, for "", about all.
type say func(service, text string)

// count is a number of things; of a noun that ends in s, their plural has es.
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"):
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
