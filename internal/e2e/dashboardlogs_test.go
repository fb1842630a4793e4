//go:build e2e

package e2e

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// lines are the log lines that are in the document, in its order.
func (b *page) lines() []string {
	b.t.Helper()
	text := b.js(`[...document.querySelectorAll("#log .line:not([hidden])")].map((e) => e.textContent).join("\n")`)
	return strings.Split(text, "\n")
}

// shows waits until a line matches, or none does.
func (b *page) shows(pattern string, want bool) {
	b.t.Helper()
	line := regexp.MustCompile(pattern)
	eventually(b.t, "lines that match "+pattern+": not "+strconv.FormatBool(want), func() bool {
		for _, l := range b.lines() {
			if line.MatchString(l) {
				return want
			}
		}
		return !want
	})
}

// D1: what services print, all of it together or what somebody looks for.
func TestTheDashboardShowsLogs(t *testing.T) {
	p := newShop(t, "")
	g := p.ready("2 backends")
	b := p.openDashboard("/logs")
	b.shows(`^\d\d:\d\d:\d\d\.\d{3} api api listens$`, true)
	b.shows(`work job \d+$`, true)
	// Colours are spans, markup is text, and a level is what a line says of itself.
	if got := b.js(`[...document.querySelectorAll("#log .fg2")].map((e) => e.textContent).filter((text) => text === "green").join()`); got != "green" {
		t.Errorf("green is %q", got)
	}
	if b.js(`document.querySelector("#log b")`) != "" {
		t.Error("a line has become markup")
	}
	if got := b.js(`[...document.querySelectorAll("#log .error .text, #log .warn .text")].map((e) => e.textContent).join()`); got != "ERROR no queue" {
		t.Errorf("the lines with a level are %q", got)
	}

	// Which services, and which lines.
	b.click("checkbox", "work")
	b.shows(`work`, false)
	b.shows(`api listens`, true)
	b.click("checkbox", "work")
	b.enter("searchbox", "Filter", "<B>PLAIN")
	b.shows(`green and <b>plain</b>`, true)
	b.shows(`listens`, false)
	b.click("checkbox", "Regular expression")
	b.enter("searchbox", "Filter", `^(api|web) listens$`)
	b.shows(`plain`, false)
	b.shows(`web listens`, true)
	b.enter("searchbox", "Filter", "(unclosed")
	b.awaitText("not a regular expression")
	b.shows(`plain`, true)
	b.enter("searchbox", "Filter", "job")
	b.shows(`plain`, false)
	// A reload shows the same.
	b.goTo(strings.TrimPrefix(b.js("location.href"), b.base))
	b.shows(`job 1$`, true)
	b.shows(`plain`, false)

	b.theDashboardPauses(p)
	b.theDashboardCopies(t)

	// A restart, on the same page.
	b.goTo("/logs?service=api")
	b.shows("api listens", true)
	pid := p.pidOf("api")
	b.click("button", "Restart api")
	eventually(t, "api is not restarted", func() bool { now := p.pidOf("api"); return now != 0 && now != pid })
	eventually(t, "its second start is not shown", func() bool { return strings.Count(strings.Join(b.lines(), "\n"), "api listens") == 2 })
	b.isQuiet()
	b.goTo("/logs?service=work")
	b.shows(`job 1$`, true)

	// A time in the address.
	at := b.js(`new Date([...document.querySelectorAll("#log .line")].find((e) => /job 1$/.test(e.textContent)).item.at).toISOString()`)
	b.goTo("/logs?service=work&at=" + url.QueryEscape(at))
	eventually(t, "the line is not marked", func() bool {
		return strings.HasSuffix(b.js(`document.querySelector("#log .marked")?.textContent`), " job 1")
	})
	g.down()
}

// While it is paused nothing that is shown moves, and nothing is lost.
func (b *page) theDashboardPauses(p *project) {
	b.t.Helper()
	b.click("button", "Pause")
	before := b.lines()
	b.the("button", `Resume \([3-9] new\)`)
	if after := b.lines(); strings.Join(before, "\n") != strings.Join(after, "\n") {
		b.t.Errorf("while it is paused the lines change from %q to %q", before, after)
	}
	b.click("button", `Resume \(\d+ new\)`)
	b.the("button", "Pause")
	var jobs []string
	for _, l := range b.lines() {
		if _, job, found := strings.Cut(l, "job "); found {
			jobs = append(jobs, job)
		}
	}
	for i, job := range jobs {
		if job != strconv.Itoa(i+1) {
			b.t.Errorf("after it the jobs are %q", jobs)
			break
		}
	}
}

// Copy and Download give what is shown, the lines that are not drawn included.
func (b *page) theDashboardCopies(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	b.call("Browser.setDownloadBehavior", map[string]any{"behavior": "allow", "downloadPath": dir}, nil)
	b.goTo("/logs?service=work&filter=plain")
	b.shows("plain", true)
	b.click("button", "Copy")
	b.the("button", "Copied")
	line := regexp.MustCompile(`^\d\d:\d\d:\d\d\.\d{3} work \| green and <b>plain</b>\n$`)
	if got := b.js("navigator.clipboard.readText()"); !line.MatchString(got) {
		t.Errorf("copied is %q", got)
	}
	b.click("link", "Download")
	eventually(t, "nothing is downloaded", func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "devgate.log"))
		return err == nil && line.Match(text)
	})
}
