package control

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// LogQuery chooses lines of output. The zero LogQuery chooses all that are kept:
// of every field, zero means all.
type LogQuery struct {
	Services []string      // of these services only
	Tail     int           // of the past the last so many only; negative: none of it
	Since    time.Duration // not older than this
	Grep     string        // whose text matches this regular expression of Go's syntax
	Newest   bool          // of each service only since its newest build, or process, began
	Follow   bool          // go on with lines to come
	After    uint64        // whose Number is higher; asked in the same process only, as no line that crosses the socket has one
}

// RequestQuery chooses requests. The zero RequestQuery chooses all that are kept.
type RequestQuery struct {
	Follow bool // go on with requests to come
}

// The names of parameters.
const (
	paramName    = "name"
	paramTail    = "tail"
	paramSince   = "since"
	paramGrep    = "grep"
	paramNewest  = "newest"
	paramFollow  = "follow"
	paramWait    = "wait"
	paramSaved   = "saved"
	paramTimeout = "timeout"
	paramColumns = "columns"
	paramRows    = "rows"
	paramSecrets = "secrets"
	paramBackend = "backend"
)

func (q LogQuery) values() url.Values {
	v := url.Values{}
	if len(q.Services) > 0 {
		v[paramName] = q.Services
	}
	if q.Tail != 0 {
		v.Set(paramTail, strconv.Itoa(q.Tail))
	}
	if q.Since != 0 {
		v.Set(paramSince, q.Since.String())
	}
	if q.Grep != "" {
		v.Set(paramGrep, q.Grep)
	}
	setFlag(v, paramNewest, q.Newest)
	setFlag(v, paramFollow, q.Follow)
	return v
}

func (q RequestQuery) values() url.Values {
	v := url.Values{}
	setFlag(v, paramFollow, q.Follow)
	return v
}

func setFlag(v url.Values, name string, on bool) {
	if on {
		v.Set(name, "true")
	}
}

// parameters reads those of a request. The first that is wrong is err.
type parameters struct {
	values url.Values
	err    *Error
}

// read takes the parameters with these names; another one is a mistake, as
// nothing is skipped in silence.
func read(v url.Values, names ...string) *parameters {
	p := &parameters{values: v}
	// Sorted, so that of two mistakes the same one is always told.
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if !slices.Contains(names, name) {
			p.fail("unknown parameter %q (there are %s)", name, cmp.Or(strings.Join(names, ", "), "none"))
		}
	}
	return p
}

func (p *parameters) fail(format string, args ...any) {
	// The first is kept: later ones may only follow from it.
	if p.err == nil {
		p.err = &Error{Kind: Invalid, Text: fmt.Sprintf(format, args...)}
	}
}

// failure is err as an error; nil when all were right.
func (p *parameters) failure() error {
	if p.err == nil {
		return nil
	}
	// A nil *Error in an error would not be nil.
	return p.err
}

func (p *parameters) names() []string { return p.values[paramName] }

func (p *parameters) text(name string) string { return p.values.Get(name) }

func (p *parameters) number(name string) int {
	text := p.values.Get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		p.fail("%s=%s: want a whole number", name, text)
	}
	return n
}

func (p *parameters) duration(name string) time.Duration {
	// Bare numbers have no unit, and are refused rather than guessed.
	text := p.values.Get(name)
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		p.fail("%s=%s: want a duration, such as 30s", name, text)
	}
	return d
}

// flag is true for follow=true, follow=1 and a bare follow.
func (p *parameters) flag(name string) bool {
	if !p.values.Has(name) {
		return false
	}
	text := p.values.Get(name)
	on, err := strconv.ParseBool(text)
	if err != nil && text != "" {
		p.fail("%s=%s: want true or false", name, text)
	}
	return on || text == ""
}

// cells is one side of a terminal's size.
func (p *parameters) cells(name string) uint16 {
	text := p.values.Get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		p.fail("%s=%s: want a number from 0 to 65535", name, text)
	}
	return uint16(n)
}

func readLogQuery(v url.Values) (LogQuery, error) {
	p := read(v, paramName, paramTail, paramSince, paramGrep, paramNewest, paramFollow)
	q := LogQuery{
		Services: p.names(), Tail: p.number(paramTail), Since: p.duration(paramSince),
		Grep: p.text(paramGrep), Newest: p.flag(paramNewest), Follow: p.flag(paramFollow),
	}
	return q, p.failure()
}

func readRequestQuery(v url.Values) (RequestQuery, error) {
	p := read(v, paramFollow)
	return RequestQuery{Follow: p.flag(paramFollow)}, p.failure()
}
