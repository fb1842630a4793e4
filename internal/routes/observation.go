package routes

import (
	"cmp"
	"slices"
	"strings"
)

// Upgrade stands in the place of a method for requests that switch protocols
// (WebSockets): for the page of a path and for its socket different backends may
// be right.
const Upgrade = "UPGRADE"

// Static is the name by which the static folder answers.
const Static = "static"

// Observation is who has answered one method of one path.
type Observation struct {
	Method  string `json:"method"` // or Upgrade
	Path    string `json:"path"`   // as it was sent, without its query
	Backend string `json:"backend"`
	// Strong: the backend has said something of its own. Otherwise it was a
	// front end's page for unknown paths, or the refusal of the last one.
	Strong bool `json:"strong"`
	// Page: it was such a page, so the backend answers everything.
	Page    bool     `json:"page,omitempty"`
	Refused []string `json:"refused,omitempty"` // who had passed it on, sorted
	Status  int      `json:"status"`
	Type    string   `json:"type,omitempty"` // "html", "json" or "": anything else
}

// compare orders observations; equal ones say the same.
func compare(a, b Observation) int {
	return cmp.Or(
		strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method), strings.Compare(a.Backend, b.Backend),
		cmp.Compare(order(b.Strong), order(a.Strong)), cmp.Compare(order(b.Page), order(a.Page)),
		slices.Compare(a.Refused, b.Refused), cmp.Compare(a.Status, b.Status), strings.Compare(a.Type, b.Type),
	)
}

func order(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The longest path that is observed, in bytes and in segments: longer ones are
// nobody's route.
const (
	maxPath     = 512
	maxSegments = 32
)

// observable reports whether a path can be one of a table.
func observable(path string) bool {
	return strings.HasPrefix(path, "/") && len(path) <= maxPath && strings.Count(path, "/") <= maxSegments
}
