package watch

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/fsnotify/fsnotify"
)

// wish wants the events of a folder, as a notifier does. A path that begins with @ is that of
// a link.
func wish(c *coverage, dir string) {
	path, link := strings.CutPrefix(dir, "@")
	c.add(path, c.needed(path, link))
}

// asked are the questions of a coverage: deep ones end with \**.
func askedOf(c *coverage) (all []string) {
	for path, q := range c.questions {
		if q.deep {
			path = in(path, "**")
		}
		all = append(all, path)
	}
	slices.Sort(all)
	return all
}

func TestQuestions(t *testing.T) {
	for name, test := range map[string]struct{ wishes, want string }{
		"all of a project is one":         {`C:\p C:\p\a C:\p\a\b c:\P\c`, `C:\p\**`},
		"a folder before its project":     {`C:\p\a C:\p`, `C:\p\**`},
		"the way to a project is not all": {`C:\ C:\p`, `C:\ C:\p\**`},
		"elsewhere a folder is alone":     {`C:\p C:\q`, `C:\p\** C:\q`},
		"until one below is wanted":       {`C:\p C:\q C:\q\a C:\q\a\b`, `C:\p\** C:\q\**`},
		"but for the way to the project":  {`C:\x\p C:\x C:\x\q`, `C:\x C:\x\p\** C:\x\q`},
		"and for a whole volume":          {`C:\p D:\ D:\q`, `C:\p\** D:\ D:\q`},
		"a link is one of its own":        {`C:\p C:\p\a @C:\p\a\l C:\p\a\l\b`, `C:\p\** C:\p\a\l\**`},
		"also where all is asked anew":    {`@C:\q\l C:\q C:\q\a`, `C:\q\** C:\q\l\**`},
		"twice is once":                   {`C:\q C:\q C:\p C:\p`, `C:\p\** C:\q`},
		"a server":                        {`\\s\d\q \\s\d\q\a`, `\\s\d\q\**`},
	} {
		root := `C:\p`
		if strings.Contains(test.wishes, `C:\x\p`) {
			root = `C:\x\p`
		}
		c := newCoverage(root)
		for dir := range strings.FieldsSeq(test.wishes) {
			wish(c, dir)
		}
		if got := strings.Join(askedOf(c), " "); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}

// In whatever order folders come and go, each that is wanted is told of by one question, none
// is asked that nobody needs, and all are gone when nothing is wanted.
func TestEachFolderIsCovered(t *testing.T) {
	dirs := strings.Fields(`C:\ C:\p C:\p\a C:\p\a\b C:\q C:\q\a C:\q\a\b C:\q\c D:\x D:\x\y @C:\p\l C:\p\l\m @C:\q\k C:\q\k\n`)
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		c, wanted := newCoverage(`C:\p`), map[string]bool{}
		history := ""
		for range 40 {
			dir := dirs[random.IntN(len(dirs))]
			path := strings.TrimPrefix(dir, "@")
			if wanted[path] {
				delete(wanted, path)
				c.remove(path)
				history += " -" + path
			} else {
				wanted[path] = true
				wish(c, dir)
				history += " +" + dir
			}
			if fault := faultOf(c, wanted); fault != "" {
				t.Fatalf("after%s: %s; questions %v", history, fault, askedOf(c))
			}
		}
	}
}

// faultOf says what is wrong with a coverage; "": nothing.
func faultOf(c *coverage, wanted map[string]bool) string {
	needed := map[*question]int{}
	for path := range wanted {
		w, has := c.wanted[fold(path)]
		if !has || c.questions[w.by.path] != w.by {
			return path + " is not told of"
		}
		if _, below := belowFolded(w.by.path, path); !below || !w.by.deep && w.by.path != path {
			return path + " is not told of by " + w.by.path
		}
		needed[w.by]++
	}
	for _, q := range c.questions {
		if needed[q] == 0 || needed[q] != q.wanting {
			return fmt.Sprintf("%s counts %d, and is needed for %d", q.path, q.wanting, needed[q])
		}
	}
	return ""
}

func TestEventsOfWantedFolders(t *testing.T) {
	c := newCoverage(`C:\p`)
	for _, dir := range []string{`C:\p`, `C:\p\Src`} {
		wish(c, dir)
	}
	long := func(path string) string { return strings.Replace(path, "SRC~1", "Src", 1) }
	all := []record{
		{actionModified, `src\a.go`}, {actionAdded, `node_modules\x\b.js`}, {actionModified, "Src"}, {actionAdded, "node_modules"},
		{actionOldName, "src"}, {actionNewName, "lib"}, {actionRemoved, `SRC~1\c.go`}, {actionAdded, `OTHER~1\c.go`},
	}
	want := []fsnotify.Event{
		{Name: `C:\p\Src\a.go`, Op: fsnotify.Write}, {Name: `C:\p\node_modules`, Op: fsnotify.Create}, {Name: `C:\p\Src`, Op: fsnotify.Rename},
		{Name: `C:\p\lib`, Op: fsnotify.Create}, {Name: `C:\p\Src\c.go`, Op: fsnotify.Remove},
	}
	if got := c.events(c.questions[`C:\p`], all, long); !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	alone := newCoverage(`C:\p`)
	wish(alone, `D:\`)
	if got := alone.events(alone.questions[`D:\`], []record{{actionAdded, "a"}}, long); len(got) != 1 || got[0].Name != `D:\a` {
		t.Errorf("in a volume: %v", got)
	}
}

func TestWhatTheSystemDropsIsWantedNoMore(t *testing.T) {
	c := newCoverage(`C:\p`)
	for _, dir := range []string{`C:\p`, `C:\p\a`, `D:\q`} {
		wish(c, dir)
	}
	c.lose(c.questions[`C:\p`])
	if got := askedOf(c); !slices.Equal(got, []string{`D:\q`}) || len(c.wanted) != 1 || c.remove(`C:\p\a`) != nil {
		t.Errorf("left: %v, %v", got, c.wanted)
	}
	wish(c, `C:\p`)
	if got := askedOf(c); !slices.Equal(got, []string{`C:\p\**`, `D:\q`}) {
		t.Errorf("anew: %v", got)
	}
}
