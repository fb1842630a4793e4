package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"devgate/internal/buildoutput"
)

const written = `port = 3000
[api]
command = "api"
build = "go generate"
dir = "services/api"
watch = ["."]
[web]
command = "web"
build = "vite build"
watch = ["."]
`

// W9: one line names the path, and what to write after `ignore`, seen from the
// service's folder.
func TestWhatIsFoundOutIsSaid(t *testing.T) {
	var out said
	f := &findings{current: newCurrent(newSetup(loaded(t, written), nil)), say: out.say, known: func() []buildoutput.Output { return nil }}
	if err := os.MkdirAll(filepath.Dir(findingsPath(f.current.setup().Root)), 0o755); err != nil {
		t.Fatal(err)
	}
	one := func(kind buildoutput.Kind, service, by string, files ...string) buildoutput.Verdict {
		return buildoutput.Verdict{Kind: kind, Service: service, By: by, Files: files}
	}
	for _, c := range []struct {
		verdicts []buildoutput.Verdict
		want     []string
	}{
		{[]buildoutput.Verdict{one(buildoutput.Change, "api", "", "a"), one(buildoutput.Control, "api", "", "a")}, nil},
		{[]buildoutput.Verdict{one(buildoutput.Learned, "api", "api", "services/api/gen.go")}, []string{
			`api: services/api/gen.go is written by its build, and no change from now on; ignore = ["gen.go"] says so for good`}},
		{[]buildoutput.Verdict{one(buildoutput.Learned, "web", "api", "pages/[id].ts"), one(buildoutput.Learned, "api", "web", "lib/a"), one(buildoutput.Learned, "web", "api", "b")}, []string{
			`web: b, pages/[id].ts are written by the build of api, and no change from now on; ignore = ["b", "pages/\\[id\\].ts"] says so for good`,
			`api: lib/a is written by the build of web, and no change from now on; ignore = ["../../lib/a"] says so for good`}},
		{[]buildoutput.Verdict{one(buildoutput.Learned, "web", "web", "a"), one(buildoutput.Learned, "web", "web", "b"), one(buildoutput.Learned, "web", "web", "c"), one(buildoutput.Learned, "web", "web", "d")}, []string{
			`web: a, b, c and 1 more are written by its build, and no change from now on; ignore = ["a", "b", "c", …] says so for good`}},
		{[]buildoutput.Verdict{one(buildoutput.Unclear, "web", "web", "a")}, []string{
			`web: a is written by its build at another moment each time, as an edit would be; if nobody edits it, say so with ignore = ["a"]`}},
		{[]buildoutput.Verdict{one(buildoutput.Forgotten, "web", "", "a")}, []string{`web: a was edited, and is a change again from now on`}},
		{[]buildoutput.Verdict{one(buildoutput.Forgotten, "web", "", "b"), one(buildoutput.Forgotten, "web", "", "a")}, []string{`web: a, b were edited, and are a change again from now on`}},
		{[]buildoutput.Verdict{one(buildoutput.Rewritten, "web", "", "data.db")}, []string{
			`web: changes data.db each time it starts, and so is started again; each start is put off longer, as after a crash, until ignore = ["data.db"]`}},
	} {
		f.take(c.verdicts)
		out.take(t, c.want...)
	}
}

// W9: it is remembered for the next time, as long as the builds are what they were.
func TestWhatIsKnownIsKept(t *testing.T) {
	p := loaded(t, written)
	if err := os.MkdirAll(filepath.Dir(findingsPath(p.Root)), 0o755); err != nil {
		t.Fatal(err)
	}
	var out said
	known := []buildoutput.Output{
		{Service: "api", Path: "services/api/gen.go", By: "api", When: []buildoutput.When{{Start: 100, End: 900, Of: 1000}}},
		{Service: "web", Path: "b", By: "gone", When: []buildoutput.When{{Start: 100, End: 900, Of: 1000}}},
	}
	f := &findings{current: newCurrent(newSetup(p, nil)), say: out.say, known: func() []buildoutput.Output { return known }}
	f.take([]buildoutput.Verdict{{Kind: buildoutput.Change, Service: "api"}})
	if all := recall(p); len(all) > 0 {
		t.Errorf("kept without a reason: %v", all)
	}
	f.take([]buildoutput.Verdict{{Kind: buildoutput.Learned, Service: "api", By: "api", Files: []string{"services/api/gen.go"}}})
	if all := recall(p); len(all) != 1 || all[0].Path != known[0].Path || all[0].When[0] != known[0].When[0] {
		t.Errorf("recalled %v", all)
	}
	for _, edit := range [][]string{{"go generate", "go build"}, {`dir = "services/api"`, `dir = "services"`}, {"[api]", "[other]"}} {
		other := loaded(t, changed(t, written, edit...))
		other.Root = p.Root
		if all := recall(other); len(all) > 0 {
			t.Errorf("%v: recalled %v", edit, all)
		}
	}
	out.take(t, `api: services/api/gen.go is written by its build, and no change from now on; ignore = ["gen.go"] says so for good`)
}

// A folder that takes nothing is told of once, until it does again.
func TestWhatCannotBeKeptIsSaidOnce(t *testing.T) {
	p := loaded(t, written)
	var out said
	f := &findings{current: newCurrent(newSetup(p, nil)), say: out.say, known: func() []buildoutput.Output { return nil }}
	for range 2 {
		f.take([]buildoutput.Verdict{{Kind: buildoutput.Forgotten, Service: "api", Files: []string{"a"}}})
	}
	if n := strings.Count(strings.Join(out.lines, "\n"), ": what builds write cannot be remembered: open "); n != 1 {
		t.Errorf("said %d times: %q", n, out.lines)
	}
}
