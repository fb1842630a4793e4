package proxy

import "pgregory.net/rapid"

// role is what one actor is in a history.
type role struct {
	Paths       []string
	Final       bool
	Fallthrough []int
	Alone       bool // serves one connection at a time
	Scripts     map[string]script
}

// step is one request, or one event between two.
type step struct {
	Event string // see theatre.step; "" for a request
	Who   int    // of the event
	Flip  script
	Order []int  // of a new configuration: who is in it
	Roles []role // likewise, by actor; scripts stay

	Method, Target, User string
	Size                 int
	Chunked              bool
	Upgrade              bool
	Reload               bool // Cache-Control: no-cache
	Held                 bool // its first backend becomes ready while it waits
	Removed              bool // held, but a new configuration comes instead, without that backend
	Leaves               bool // the client is gone before it can have an answer
}

// history is a chain and what happens to it.
type history struct {
	Roles []role
	Steps []step
}

var (
	targets = []string{"/a", "/b", "/a/b", "/a%2Fb", "//", "/a/b;c?d='{}'"}
	users   = []string{"", "ann", "bob"}
	methods = []string{"GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}
	sizes   = []int{0, 0, 0, 1, 1000, 70 << 10, 300 << 10, 2 << 20}
)

func drawScript(t *rapid.T) script {
	s := script{
		Status:  rapid.SampledFrom([]int{404, 404, 404, 404, 404, 404, 200, 200, 204, 304, 302, 405, 413, 500}).Draw(t, "status"),
		Upgrade: rapid.SampledFrom([]int{404, 404, 101, 101, 400, 426, 405, 501, 200, 403, 302, hangUp, hangUp}).Draw(t, "upgrade"),
		Reads:   rapid.SampledFrom([]string{"none", "part", "all", "all", "late"}).Draw(t, "reads"),
		Early:   rapid.Bool().Draw(t, "early"),
		Trailer: rapid.IntRange(0, 3).Draw(t, "trailer") == 3,
		Slow:    rapid.IntRange(0, 9).Draw(t, "slow") == 9,
		Creates: rapid.Bool().Draw(t, "creates"),
		Chatty:  rapid.IntRange(0, 3).Draw(t, "chatty") == 3,
	}
	switch rapid.IntRange(0, 15).Draw(t, "dies") {
	case 15:
		s.Dies = "head"
	case 14:
		s.Dies = "body"
	}
	return s
}

func drawPart(t *rapid.T) role {
	return role{
		Paths:       rapid.SampledFrom([][]string{nil, nil, nil, nil, {"/a*"}, {"/a/*", "/b"}}).Draw(t, "paths"),
		Final:       rapid.IntRange(0, 7).Draw(t, "final") == 7,
		Fallthrough: rapid.SampledFrom([][]int{{404}, {404}, {404, 405}, {404, 413, 500}}).Draw(t, "fallthrough"),
	}
}

func drawRole(t *rapid.T) role {
	r := drawPart(t)
	r.Alone = rapid.IntRange(0, 4).Draw(t, "alone") == 4
	r.Scripts = make(map[string]script)
	for _, target := range targets {
		for _, u := range users {
			r.Scripts[target+" "+u] = drawScript(t)
		}
	}
	return r
}

// drawStep takes targets and users from few, so that histories come back to
// them.
func drawStep(t *rapid.T) step {
	st := step{
		Event:  rapid.SampledFrom([]string{"", "", "", "", "", "", "", "flip", "flip", "restart", "switch", "change", "reload", "move", "reconfigure"}).Draw(t, "event"),
		Who:    rapid.IntRange(0, 2).Draw(t, "who"),
		Target: rapid.SampledFrom(targets[:]).Draw(t, "target"),
		User:   rapid.SampledFrom(users).Draw(t, "user"),
	}
	switch st.Event {
	case "flip":
		st.Flip = drawScript(t)
	case "reconfigure":
		st.Order = rapid.Permutation([]int{0, 1, 2}).Draw(t, "order")[:rapid.IntRange(1, 3).Draw(t, "backends")]
		st.Roles = rapid.SliceOfN(rapid.Custom(drawPart), 3, 3).Draw(t, "parts")
	case "":
		st.Method = rapid.SampledFrom(methods).Draw(t, "method")
		st.Upgrade = rapid.IntRange(0, 9).Draw(t, "upgrade") == 9
		st.Reload = rapid.IntRange(0, 9).Draw(t, "no-cache") == 9
		st.Held = rapid.IntRange(0, 9).Draw(t, "held") == 9
		st.Removed = st.Held && rapid.Bool().Draw(t, "removed")
		if st.Upgrade {
			st.Method = "GET"
		} else if st.Method != "GET" && st.Method != "HEAD" {
			st.Size = rapid.SampledFrom(sizes).Draw(t, "size")
			st.Chunked = rapid.Bool().Draw(t, "chunked")
		} else {
			st.Leaves = !st.Held && rapid.IntRange(0, 9).Draw(t, "leaves") == 9
		}
	}
	return st
}

// histories repeats some of the steps, so that there is something to learn.
var histories = rapid.Custom(func(t *rapid.T) history {
	h := history{Roles: rapid.SliceOfN(rapid.Custom(drawRole), 3, 3).Draw(t, "roles")}
	for _, st := range rapid.SliceOfN(rapid.Custom(drawStep), 1, 8).Draw(t, "steps") {
		h.Steps = append(h.Steps, st)
		for _, u := range rapid.SliceOfN(rapid.SampledFrom(users), 0, 3).Draw(t, "again by") {
			st.User = u
			h.Steps = append(h.Steps, st)
		}
	}
	return h
})

func (st step) key() string { return st.Method + " " + st.Target + " " + st.User }

func (st step) speculates() bool {
	return (st.Method == "GET" || st.Method == "HEAD") && !st.Upgrade && !st.Reload
}
