package dashboard

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"devgate/internal/control"
)

// requestsPage lists the requests that the gateway remembers.
type requestsPage struct {
	frame
	Rows     []requestRow // the newest first
	Blank    requestRow   // what a script makes further rows of
	Backends []string
	Max      int // of Rows
}

// requestRow is a request in words.
type requestRow struct {
	ID                   uint64 // 0: nothing more is known of it
	At, Time             string
	Method, Path, Status string
	Class                string // of the status; see classOf
	Backend, Took, Held  string
	Cascade              string
	Bars                 []bar
}

// shownRequests is how many rows there are at most.
const shownRequests = 200

func (s *site) showRequests(w http.ResponseWriter, r *http.Request) error {
	status := s.project.Status()
	page := requestsPage{frame: s.frameOf(status, "requests", "Requests"), Max: shownRequests}
	for _, service := range status.Services {
		if service.Kind == "backend" || service.Kind == "remote" {
			page.Backends = append(page.Backends, service.Name)
		}
	}
	all := s.requests(r.Context())
	slices.Reverse(all)
	for _, e := range all[:min(len(all), shownRequests)] {
		page.Rows = append(page.Rows, requestRowOf(e))
	}
	return s.show(w, http.StatusOK, "requests.html", page)
}

// requests are those that are remembered, the oldest first.
func (s *site) requests(ctx context.Context) (all []control.Exchange) {
	for batch := range s.project.Requests(ctx, control.RequestQuery{}) {
		all = append(all, batch...)
	}
	return all
}

func requestRowOf(e control.Exchange) requestRow {
	row := requestRow{
		ID: e.ID, At: e.At.UTC().Format(time.RFC3339Nano), Time: e.At.Local().Format("15:04:05.000"), Method: e.Method, Path: e.Path,
		Status: statusText(e.Status), Class: classOf(e.Status), Backend: answeredBy(e), Took: msText(e.MS), Bars: barsOf(e),
	}
	if e.HeldMS > 0 {
		row.Held = msText(e.HeldMS)
	}
	words := make([]string, len(e.Attempts))
	for i, a := range e.Attempts {
		words[i] = a.Backend + " " + saidBy(a) + " " + msText(a.MS)
	}
	row.Cascade = strings.Join(words, " → ")
	return row
}

// answeredBy is who gave the answer.
func answeredBy(e control.Exchange) string {
	switch {
	case e.Backend != "":
		return e.Backend
	case e.Status == 0:
		return ""
	}
	return "devgate"
}

// statusText is a status for people; 0 is a client that has left.
func statusText(status int) string {
	if status == 0 {
		return "left"
	}
	return strconv.Itoa(status)
}

// saidBy is what a backend has said, in a word.
func saidBy(a control.Attempt) string {
	if a.Status != 0 {
		return strconv.Itoa(a.Status)
	}
	word, _, _ := strings.Cut(a.Note, ";")
	if word == "" {
		return "no answer"
	}
	return word
}

// msText is a number of milliseconds as exactly as a person wants it.
func msText(ms float64) string {
	switch {
	case ms < 9.95:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 999.5:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// bar is one backend in the picture of a cascade: a part of its width, in percent.
type bar struct {
	X, Width float64
	Class    string
}

// barsOf draws the cascade of a request, backend after backend. All of them together
// are as wide as the logarithm of its time: a hold of seconds is seen beside answers
// of milliseconds, 100 % are 100 s.
func barsOf(e control.Exchange) (bars []bar) {
	total := e.MS
	sum := 0.0
	for _, a := range e.Attempts {
		sum += a.MS
	}
	// What was asked ahead overlaps.
	total = max(total, sum)
	whole, x := min(max(20*math.Log10(1+total), 2), 100), 0.0
	for i, a := range e.Attempts {
		if total <= 0 {
			break
		}
		width := max(whole*a.MS/total, 1) // one that took no time is seen
		held := whole * min(e.HeldMS, a.MS) / total
		// What was held was waited for before the last that was asked.
		if last := i == len(e.Attempts)-1; last && held >= 1 {
			bars = append(bars, bar{round(x), round(held), "held"})
			x, width = x+held, max(width-held, 1)
		}
		bars = append(bars, bar{round(x), round(width), classOf(a.Status)})
		x += width
	}
	return bars
}

// round keeps a picture's numbers short.
func round(v float64) float64 { return float64(int(v*10+0.5)) / 10 }

// classOf is how a status is coloured.
func classOf(status int) string {
	switch {
	case status == 0:
		return "none"
	case status >= 500:
		return "bad"
	case status >= 400:
		return "refused"
	}
	return "good"
}
