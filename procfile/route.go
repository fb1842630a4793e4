package procfile

import (
	"fmt"
	"strings"
)

// routes are the patterns of the paths that a backend is asked for.
func routes() valueType[[]string] {
	item := Form{Shape: Text, Pattern: `^/[^?# \t\n]*$`, What: "path"}
	return textList("list of paths", "a path", item, (*reader).route)
}

// route checks one of `paths`. A * within a segment is refused rather than taken
// for a letter: the writer meant something by it.
func (r *reader) route(n *node, s string) {
	// A star at the end matches the rest, also within a segment ("/api*"); it is taken
	// off first.
	inner := strings.TrimSuffix(s, "*")
	segments := strings.Split(inner, "/")
	loose := ""
	for i, seg := range segments {
		// The last segment may end with the star that matches the rest.
		if strings.Contains(seg, "*") && (seg != "*" || i == len(segments)-1 && inner != s) {
			loose = seg
		}
	}
	switch {
	case strings.Contains(s, "://"):
		r.fail(n.value, "path "+quote(s)+" is a URL", "write the path alone")
	case !strings.HasPrefix(s, "/"):
		r.fail(n.value, "path "+quote(s)+` does not begin with "/"`, "write "+quote("/"+s))
	case strings.ContainsAny(s, "?# \t\n"):
		r.fail(n.value, "path "+quote(s)+" holds a blank, ? or #", "a path is matched without its query")
	case strings.Contains(s, "**"):
		r.fail(n.value, "path "+quote(s)+` holds "**"`, `one * at the end matches the rest: "/api/*"`)
	case loose != "":
		r.fail(n.value, "path "+quote(s)+` has a "*" inside a segment`, "* stands for one whole segment, or at the end for the rest")
	}
}

// What a backend can end a request with; 1xx ends none.
const (
	leastStatus = 200
	mostStatus  = 599
)

// statusNumber is the form of a status.
func statusNumber() Form {
	return Form{Shape: Integer, Min: leastStatus, Max: mostStatus, What: "status"}
}

// status is one that a backend answers.
func status() valueType[int] {
	return valueType[int]{
		Type: Type{"200-599", []Form{statusNumber()}},
		read: func(r *reader, n *node, old int) int {
			v, ok := n.val.(int64)
			switch {
			case !ok:
				r.want(n, "a status such as 200", "")
			case r.isStatus(n, v):
				return int(v)
			}
			return old
		},
		write: func(v int) any { return int64(v) },
	}
}

// statuses is a list of them. An empty one is a value, it means none; so it is not
// nil, which would be the default.
func statuses() valueType[[]int] {
	return valueType[[]int]{
		Type: Type{"list of 200-599", orList(statusNumber())},
		read: (*reader).statuses,
		write: func(all []int) any {
			list := make([]int64, len(all))
			for i, v := range all {
				list[i] = int64(v)
			}
			return list
		},
	}
}

// statuses reads a list of numbers, or one of them.
func (r *reader) statuses(n *node, _ []int) []int {
	items := []*node{n}
	if n.kind == listNode {
		items = n.items
	}
	all := []int{}
	for _, item := range items {
		v, ok := item.val.(int64)
		switch {
		case !ok && item == n:
			r.want(n, "a status such as 404, or a list of them", "")
		case !ok:
			r.wantItem(item, "a status such as 404")
		case r.isStatus(item, v):
			all = append(all, int(v))
		}
	}
	return all
}

// isStatus reports whether a number is a status that ends a request, and says so
// when it is not.
func (r *reader) isStatus(n *node, v int64) bool {
	if v >= leastStatus && v <= mostStatus {
		return true
	}
	r.fail(n.value, fmt.Sprintf("status %d is out of range (want %d-%d)", v, leastStatus, mostStatus), "")
	return false
}
