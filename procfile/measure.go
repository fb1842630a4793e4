package procfile

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// duration is a length of time with a unit, from least on.
func duration(least time.Duration) valueType[time.Duration] {
	return valueType[time.Duration]{
		Type:  Type{"duration", []Form{{Shape: Text, What: "duration", Pattern: `^\+?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$|^\+?0$`}}},
		read:  func(r *reader, n *node, old time.Duration) time.Duration { return r.duration(n, old, least) },
		write: func(d time.Duration) any { return short(d) },
	}
}

// duration reads "15s". A bare number is refused: seconds for one person are
// milliseconds for another.
func (r *reader) duration(n *node, old, least time.Duration) time.Duration {
	what := `a duration such as "` + short(old) + `"`
	if v, ok := n.val.(int64); ok {
		r.want(n, what, fmt.Sprintf(`write %s = "%ds"`, n.key, v))
		return old
	}
	s, ok := n.val.(string)
	if !ok {
		r.want(n, what, "")
		return old
	}
	// ParseDuration takes more units than the messages name; they are no mistake.
	d, err := time.ParseDuration(s)
	switch {
	// "5": only the unit is missing.
	case err != nil && strings.Trim(s, "0123456789") == "" && s != "":
		r.want(n, what, fmt.Sprintf(`write %s = "%ss"`, n.key, s))
	case err != nil:
		r.want(n, what, `units are ms, s, m and h: "500ms", "1m30s"`)
	case d < 0:
		r.want(n, what, "a duration cannot be negative")
	case d < least:
		r.want(n, what, "it must be more than nothing")
	default:
		return d
	}
	return old
}

// short writes a duration as a person would: "5s", "1m", not "1m0s".
// Duration.String always writes the seconds.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}

// size is a number of bytes. Units of 1024 and of 1000 are told apart, as both are
// meant by somebody.
func size() valueType[int64] {
	return valueType[int64]{
		Type: Type{"size", []Form{
			{Shape: Integer, Max: math.MaxInt64, What: "size"},
			{Shape: Text, What: "size", Pattern: `^[0-9]+ *(([kKmMgG][iI]?)?[bB])? *$`},
		}},
		read:  (*reader).size,
		write: func(n int64) any { return sizeText(n) },
	}
}

// size reads "64MiB" or a number of bytes.
func (r *reader) size(n *node, _ int64) int64 {
	if v, ok := n.val.(int64); ok && v >= 0 {
		return v
	}
	if s, ok := n.val.(string); ok {
		if v, ok := parseSize(s); ok {
			return v
		}
	}
	r.want(n, `a size such as "1GiB"`, `units are KiB, MiB, GiB (1024) and KB, MB, GB (1000); a plain number is bytes`)
	return 0
}

// parseSize reads "1GiB", "64MiB", "10MB" or plain bytes.
func parseSize(text string) (int64, bool) {
	// The unit is what is left of letters and blanks at the end.
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit, ok := sizeUnit(strings.ToLower(strings.TrimSpace(text[len(digits):])))
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 0 || n > (1<<62)/unit { // the product has to fit
		return 0, false
	}
	return n * unit, true
}

// sizeUnit knows no "M" alone: it means 1000² to some and 1024² to others.
func sizeUnit(name string) (int64, bool) {
	switch name {
	case "", "b":
		return 1, true
	case "kb":
		return 1e3, true
	case "mb":
		return 1e6, true
	case "gb":
		return 1e9, true
	case "kib":
		return 1 << 10, true
	case "mib":
		return 1 << 20, true
	case "gib":
		return 1 << 30, true
	}
	return 0, false
}

// sizeText writes a size with the largest unit of which it is a multiple.
func sizeText(n int64) string {
	for _, unit := range []string{"GiB", "MiB", "KiB"} {
		if size, _ := sizeUnit(strings.ToLower(unit)); n > 0 && n%size == 0 {
			return strconv.FormatInt(n/size, 10) + unit
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}
