package export

import "devgate/internal/routes"

// Report is what devgate export --json prints beside the text. Lists are never null.
type Report struct {
	Target      string              `json:"target"`
	Cascade     bool                `json:"cascade"`
	Why         string              `json:"why,omitempty"` // it is a cascade, or there is no text
	Routes      []ReportRoute       `json:"routes"`
	Default     string              `json:"default"`
	DefaultSeen bool                `json:"default_seen"` // false: the default is a guess
	Differences []routes.Difference `json:"differences"`
	Conflicts   []routes.Conflict   `json:"conflicts"`
	Requests    int                 `json:"requests"`
	Paths       int                 `json:"paths"`
	Text        string              `json:"text"`
}

// ReportRoute is one route of it.
type ReportRoute struct {
	Paths    []string `json:"paths"`
	Method   string   `json:"method"` // "": any
	Backend  string   `json:"backend"`
	Declared bool     `json:"declared"`
	Seen     int      `json:"seen"` // on how many paths it rests
	Guess    bool     `json:"guess"`
}

// Report says what a target was made from.
func (m *Model) Report(target, text string) *Report {
	l := m.Learned
	r := &Report{
		Target: target, Cascade: m.Cascade, Why: m.Why, Routes: []ReportRoute{}, Default: m.Default, DefaultSeen: l.DefaultSeen,
		Differences: append([]routes.Difference{}, l.Differences...), Conflicts: append([]routes.Conflict{}, l.Conflicts...),
		Requests: l.Requests, Paths: l.Paths, Text: text,
	}
	for _, route := range l.Table.Routes {
		r.Routes = append(r.Routes, ReportRoute{route.Pattern.Texts(), route.Method, route.Backend, route.Declared, route.Paths, route.Guess})
	}
	return r
}
