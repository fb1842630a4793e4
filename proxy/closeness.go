package proxy

import "strings"

// closeness says in what one request differs from another that is close to it; less
// is closer.
type closeness int

const (
	bySlash closeness = iota
	byCase
	byMethod
	byID
	byPlural
	byPrefix
	bySpelling
	far
	// Beside a difference in the path, another method is one more.
	alsoMethod = far + 1
)

// String is the difference, for people.
func (c closeness) String() string {
	if c >= alsoMethod {
		return (c - alsoMethod).String() + ", another method"
	}
	switch c {
	case bySlash:
		return "trailing slash"
	case byCase:
		return "upper and lower case"
	case byMethod:
		return "another method"
	case byID:
		return "another id"
	case byPlural:
		return "singular and plural"
	case byPrefix:
		return "prefix"
	case bySpelling:
		return "spelling"
	}
	return "far"
}

// prefixMax is how many segments a prefix may have: /api/v1.
const prefixMax = 2

// segments are a path's, without the empty ones around it.
type segments struct {
	path string
	list []string
}

func segmentsOf(path string) segments {
	return segments{path, strings.Split(strings.Trim(path, "/"), "/")}
}

// compare says how close what was seen is to a request for p.
func (p segments) compare(method string, s *seenRoute) closeness {
	if s.path == p.path {
		switch {
		case s.method == method, s.page && !isRead(method):
			// It is the request itself; or a front end's page, which says nothing
			// about what can be sent there.
			return far
		}
		return byMethod
	}
	near := p.apart(segmentsOf(s.path))
	switch {
	case near == far || s.method == method:
		return near
	case s.page:
		return far
	}
	return alsoMethod + near
}

func isRead(method string) bool { return method == "GET" || method == "HEAD" }

// apart says in what two different paths differ.
func (p segments) apart(q segments) closeness {
	switch {
	case strings.TrimSuffix(p.path, "/") == strings.TrimSuffix(q.path, "/"):
		return bySlash
	case strings.EqualFold(p.path, q.path):
		return byCase
	case len(p.list) != len(q.list):
		return prefixed(p.list, q.list)
	}
	near := byID // if nothing else differs
	for i, a := range p.list {
		if sameSegment(a, q.list[i]) {
			continue
		}
		// One difference is a slip; two are another path.
		if near != byID {
			return far
		}
		if near = apartBy(a, q.list[i]); near == far {
			return far
		}
	}
	return near
}

// prefixed says whether one path is the other below a prefix.
func prefixed(a, b []string) closeness {
	if len(a) > len(b) {
		a, b = b, a
	}
	more := len(b) - len(a)
	if more > prefixMax || isID(a[0]) || a[0] == "" {
		return far
	}
	for i := range a {
		if !sameSegment(a[i], b[more+i]) {
			return far
		}
	}
	return byPrefix
}

// sameSegment: two ids are two of the same kind.
func sameSegment(a, b string) bool { return a == b || isID(a) && isID(b) }

// apartBy says in what two segments differ.
func apartBy(a, b string) closeness {
	if len(a) > len(b) {
		a, b = b, a
	}
	a, b = strings.ToLower(a), strings.ToLower(b)
	stem, isY := strings.CutSuffix(a, "y")
	switch {
	case a == b:
		return byCase
	case b == a+"s" || b == a+"es" || isY && b == stem+"ies":
		return byPlural
	// Of two letters each word is a slip away from many others.
	case len(a) >= 3 && oneSlip(a, b):
		return bySpelling
	}
	return far
}

// oneSlip reports whether b, the longer one, is a with one letter more, another letter in one
// place, or two neighbours exchanged.
func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return swapped || a[i+1:] == b[i+1:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
