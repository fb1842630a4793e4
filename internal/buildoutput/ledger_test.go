package buildoutput

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// book is a Ledger with what it has said, for tests that tell it all themselves.
type book struct {
	*Ledger
	t    *testing.T
	zero time.Time
}

func newBook(t *testing.T) *book {
	return &book{New(nil), t, time.Unix(1_000_000, 0)}
}

func (b *book) at(seconds float64) time.Time {
	return b.zero.Add(time.Duration(seconds * float64(time.Second)))
}

// build tells of a whole build of api.
func (b *book) build(from, to float64, asked bool) {
	b.Began("api", b.at(from), asked)
	b.Ended("api", b.at(to), Succeeded)
}

// writes tells api's watch of changed files at a time, a moment later.
func (b *book) writes(at float64, paths ...string) string {
	var all []Write
	for _, path := range paths {
		all = append(all, Write{Path: path, At: b.at(at), Before: 1, After: uint64(at * 1000)})
	}
	return text(b.Written("api", b.at(at+0.05), all))
}

func (b *book) wake(at float64) string { return text(b.Wake(b.at(at))) }

// text writes verdicts as short as possible.
func text(verdicts []Verdict) string {
	names := map[Kind]string{Change: "change", Control: "control", Learned: "learned", Forgotten: "forgotten", Unclear: "unclear", Rewritten: "rewritten"}
	var all []string
	for _, v := range verdicts {
		one := fmt.Sprintf("%s %s %s", names[v.Kind], v.Service, strings.Join(v.Files, ","))
		if v.Wait > 0 {
			one += " " + v.Wait.String()
		}
		all = append(all, one)
	}
	return strings.Join(all, "; ")
}

func (b *book) want(got, want string) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("got %q, want %q", got, want)
	}
}

// learn leads to a ledger that knows that api's builds, of 2 s each, write gen.go
// 0.1 s after they have begun. It ends 100 s after its beginning.
func (b *book) learn() {
	b.t.Helper()
	b.Began("api", b.at(0), false)
	b.want(b.writes(0.1, "gen.go"), "") // nobody has edited anything
	b.Ended("api", b.at(2), Succeeded)
	b.want(b.wake(2.2), "")
	for _, from := range []float64{5, 15} {
		b.want(b.wake(from), "control api gen.go")
		b.Began("api", b.at(from), true)
		b.want(b.writes(from+0.1, "gen.go"), "")
		b.Ended("api", b.at(from+2), Succeeded)
		if from == 5 {
			b.want(b.wake(from+2.5), "")
		} else {
			b.want(b.wake(from+2.5), "learned api gen.go")
		}
	}
	b.want(b.wake(99), "")
}

func TestOutsideOfBuildsEveryChangeCounts(t *testing.T) {
	b := newBook(t)
	b.build(0, 2, false)
	b.want(b.wake(2.2), "")
	for i := range 5 {
		b.want(b.writes(10+float64(i), "main.go"), "change api main.go")
		b.build(10.1+float64(i), 10.5+float64(i), true)
		b.want(b.wake(10.7+float64(i)), "")
	}
	b.want(b.writes(30, "a.go", "b.go"), "change api a.go,b.go")
}

func TestTheFirstChangeDuringABuildCountsAtOnce(t *testing.T) {
	b := newBook(t)
	b.build(0, 2, false)
	b.wake(2.2)
	b.want(b.writes(10, "main.go"), "change api main.go")
	b.Began("api", b.at(10.1), true)
	b.want(b.writes(11, "other.go"), "change api other.go") // somebody has edited; so he may again
	b.Ended("api", b.at(11.06), CutOff)
	b.Began("api", b.at(11.1), true)
	b.want(b.writes(11.9, "other.go"), "") // as in the build before
	b.Ended("api", b.at(13.1), Succeeded)
	b.want(b.wake(13.3), "")
	b.want(b.wake(16.2), "control api other.go")
}

func TestWhatControlBuildsWriteIsLearned(t *testing.T) {
	b := newBook(t)
	b.learn()
	b.want(b.writes(100, "main.go"), "change api main.go")
	b.Began("api", b.at(100.1), true)
	b.want(b.writes(100.2, "gen.go"), "")
	b.Ended("api", b.at(102.1), Succeeded)
	b.want(b.wake(102.3), "")
	b.want(b.wake(500), "")
}

// What control builds write as it was need not come at quite the same moment: nobody
// saves what he has not changed, twice, while he does nothing else.
func TestWhatControlBuildsLeaveAsItWasIsLearnedOnABusyMachine(t *testing.T) {
	b := newBook(t)
	build := func(from, after float64, asked, same bool) string {
		b.Began("api", b.at(from), asked)
		w := Write{Path: "gen.go", At: b.at(from + after), Before: 1, After: uint64(from * 1000)}
		if same {
			w.After = w.Before
		}
		b.want(text(b.Written("api", b.at(from+after+0.05), []Write{w})), "")
		b.Ended("api", b.at(from+2), Succeeded)
		return b.wake(from + 2.5)
	}
	b.want(build(0, 0.9, false, false), "")
	b.want(b.wake(6), "control api gen.go")
	b.want(build(6, 1.2, true, true), "")
	b.want(b.writes(20, "main.go"), "change api main.go")
	b.want(build(20.1, 0.95, true, false), "")
	b.want(b.wake(26), "control api gen.go")
	b.want(build(26, 1.15, true, true), "learned api gen.go")
}

// Rule 4: another offset, one time more, or outside of a build.
func TestEditsOfAKnownOutputCount(t *testing.T) {
	t.Run("at another moment", func(t *testing.T) {
		b := newBook(t)
		b.learn()
		b.writes(100, "main.go")
		b.Began("api", b.at(100.1), true)
		b.want(b.writes(101, "gen.go"), "")
		b.Ended("api", b.at(102.1), Succeeded)
		b.want(b.wake(102.3), "change api gen.go")
	})
	t.Run("one time more", func(t *testing.T) {
		b := newBook(t)
		b.learn()
		b.writes(100, "main.go")
		b.Began("api", b.at(100.1), true)
		b.want(b.writes(100.2, "gen.go")+b.writes(101, "gen.go"), "")
		b.Ended("api", b.at(102.1), Succeeded)
		b.want(b.wake(102.3), "change api gen.go")
	})
	t.Run("outside of a build", func(t *testing.T) {
		b := newBook(t)
		b.learn()
		b.want(b.writes(100, "gen.go"), "forgotten api gen.go; change api gen.go")
		if all := b.Outputs(); len(all) > 0 {
			t.Errorf("still known: %v", all)
		}
	})
	t.Run("while the first build of all runs", func(t *testing.T) {
		b := newBook(t)
		b.learn()
		b.Ledger = New(Decode(encoded(t, b.Outputs())))
		b.Began("api", b.at(200), false)
		b.want(b.writes(200.9, "gen.go")+b.writes(203, "gen.go"), "")
		b.Ended("api", b.at(206), Succeeded)
		b.want(b.wake(206.2), "change api gen.go")
	})
}

// What a watch tells of after the build's end has been decided on.
// A folder that stands for a name which has gone is no edit where the build writes.
func TestWhatABuildRemovesAtTheStart(t *testing.T) {
	for folder, want := range map[string]string{".": "", "src": "control api src"} {
		b := newBook(t)
		b.learn()
		known := b.Outputs()
		known[0].Path = "dist/app.js"
		b.Ledger = New(known)
		b.Began("api", b.at(100), false)
		b.want(text(b.Written("api", b.at(100.06), []Write{{Path: folder, At: b.at(100.01), Before: 1, After: 0}})), "")
		b.want(b.writes(100.1, "dist/app.js"), "")
		b.Ended("api", b.at(102), Succeeded)
		b.want(b.wake(102.5), "")
		b.want(b.wake(106), want)
	}
}

func TestLateNewsOfABuild(t *testing.T) {
	b := newBook(t)
	b.learn()
	b.writes(100, "main.go")
	b.Began("api", b.at(100.1), true)
	b.Ended("api", b.at(102.1), Succeeded)
	b.want(b.wake(102.3), "")
	b.want(b.writes(100.2, "gen.go"), "")
	b.want(b.writes(101.3, "gen.go"), "change api gen.go")
}

// What is written for the first time during a build that fails is most likely what
// mends it.
func TestAnEditDuringABuildThatFailsCountsAtItsEnd(t *testing.T) {
	b := newBook(t)
	b.Began("api", b.at(0), false)
	b.want(b.writes(1.9, "main.go"), "")
	b.Ended("api", b.at(2), Failed)
	b.want(b.wake(2.2), "change api main.go")
	b.Began("api", b.at(2.2), true)
	b.want(b.writes(4.1, "main.go"), "") // again; this may be the build itself
	b.Ended("api", b.at(4.2), Failed)
	b.want(b.wake(4.4), "")
	b.want(b.wake(7.2), "control api main.go")
}

// A build that was cut off is followed by another, which sees all.
func TestABuildThatIsCutOffOwesNothing(t *testing.T) {
	b := newBook(t)
	b.learn()
	b.writes(100, "main.go")
	b.Began("api", b.at(100.1), true)
	b.writes(101, "gen.go")
	b.writes(101.1, "main.go")
	b.Ended("api", b.at(101.2), CutOff)
	b.Began("api", b.at(101.25), true)
	b.want(b.wake(101.5), "")
	b.Ended("api", b.at(103), Succeeded)
	b.want(b.wake(103.2)+b.wake(500), "")
}

// What one build writes for another service counts at its end, and once.
func TestWhatIsPassedOnCountsAtTheBuildsEnd(t *testing.T) {
	b := newBook(t)
	app := func(at float64) string {
		return text(b.Written("app", b.at(at+0.05), []Write{{Path: "dist/lib.js", At: b.at(at), Before: 1, After: uint64(at * 1000)}}))
	}
	b.Started("app", b.at(0))
	b.build(0, 2, false)
	b.wake(2.2)
	for i, want := range []string{"change app dist/lib.js", ""} { // the first time could be anybody
		from := 10 + 10*float64(i)
		b.writes(from, "main.go")
		b.Began("api", b.at(from+0.1), true)
		b.want(app(from+0.6), want)
		b.Ended("api", b.at(from+2.1), Succeeded)
		if want == "" {
			want = "change app dist/lib.js"
		} else {
			want = ""
		}
		b.want(b.wake(from+2.3), want)
	}
}

// W1: nothing is cancelled by a change of what a service without a build watches.
// It counts at once, also during the builds of others, unless it comes when the
// build has written the file before.
func TestAServiceWithoutABuildWaitsForNobodysBuild(t *testing.T) {
	b := newBook(t)
	app := func(at float64) string {
		return text(b.Written("app", b.at(at+0.05), []Write{{Path: "page.html", At: b.at(at), Before: 1, After: uint64(at * 1000)}}))
	}
	b.Started("app", b.at(0))
	b.build(0, 10, false)
	b.wake(10.2)
	for i, at := range []float64{15, 32, 58} { // 4.9, 1.9 and 7.9 s after the build's beginning
		from := 10 + 20*float64(i)
		b.writes(from, "main.go")
		b.Began("api", b.at(from+0.1), true)
		b.want(app(at), "change app page.html")
		b.Ended("api", b.at(from+10.1), Succeeded)
		b.want(b.wake(from+10.3), "")
	}
	b.writes(70, "main.go")
	b.Began("api", b.at(70.1), true)
	b.want(app(72.5), "") // as in the build before the last
	b.Ended("api", b.at(80.1), Succeeded)
	b.want(b.wake(80.3), "change app page.html")
}

// Many files are told of later than a few; a control build waits for them.
func TestAControlBuildWaitsForLateNews(t *testing.T) {
	b := newBook(t)
	b.build(0, 2, false)
	b.want(b.writes(1.9, "a", "b"), "")
	b.wake(2.2)
	for _, from := range []float64{5.2, 10.7} {
		b.want(b.wake(from), "control api a,b")
		b.Began("api", b.at(from), true)
		b.Ended("api", b.at(from+2), Succeeded)
		b.want(b.wake(from+2.25), "")
		b.want(b.writes(from+1.9, "a", "b"), "")
		want := ""
		if from > 10 {
			want = "learned api a; learned api b"
		}
		b.want(b.wake(from+2.45), want)
	}
}

// A build that writes at any moment is told of once three more have not shown it, and
// comes to rest.
func TestWhatIsNeverKnownIsTold(t *testing.T) {
	for seed := range uint64(50) {
		w := newWorld(t, seed, generators["at any moment"](5*time.Second)...)
		w.up()
		w.run(30 * time.Minute)
		builds := w.all()
		w.run(30 * time.Minute)
		before, _, told := strings.Cut(w.story(), "verdict {4 ")
		untold := strings.Count(before, " builds\n")
		var built, said float64 // when the last build before that ended, and that was told
		if m := regexp.MustCompile(`([\d.]+) \S+ is built\n *([\d.]+) $`).FindStringSubmatch(before); m != nil {
			built, _ = strconv.ParseFloat(m[1], 64)
			said, _ = strconv.ParseFloat(m[2], 64)
		}
		if w.all() != builds || builds > 1+patience+enough || strings.Count(w.story(), "verdict {4 ") > 1 || told && (untold > 1+patience || said == 0 || said-built > 1) || !told && builds > patience+1 {
			t.Errorf("seed %d: %d builds, then %d; told %v after %d\n%s", seed, builds, w.all(), told, untold, w.story())
		}
	}
}
