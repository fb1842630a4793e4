package dashboard

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// logsPage shows what services print.
type logsPage struct {
	frame
	Services []logService
	Filter   string
	Pattern  bool // Filter is a regular expression
	Lines    []shownLine
	Max      int // of Lines
}

// logService is a service whose lines can be chosen.
type logService struct {
	Name      string
	State     string
	Shown     bool
	Startable bool
	Token     string
}

// shownLine is a line on a page that no script has taken over.
type shownLine struct {
	At      string // RFC 3339
	Time    string
	Service string
	Text    string
}

// shownLines is how many lines a page has before its script asks for all.
const shownLines = 200

func (s *site) showLogs(w http.ResponseWriter, r *http.Request) error {
	status, asked := s.project.Status(), r.URL.Query()
	page := logsPage{
		frame: s.frameOf(status, "logs", "Logs"), Filter: asked.Get("filter"), Pattern: asked.Has("pattern"), Max: shownLines,
	}
	chosen := asked["service"]
	add := func(name, state string, startable bool) {
		shown := len(chosen) == 0 || slices.Contains(chosen, name)
		page.Services = append(page.Services, logService{name, state, shown, startable, s.token})
	}
	for _, service := range status.Services {
		if service.Kind != "remote" { // devgate sees nothing of what it prints
			add(service.Name, service.State.String(), true)
		}
	}
	add(logmux.Devgate, "", false)
	lines, err := s.lines(r.Context(), control.LogQuery{Services: chosen, Tail: shownLines})
	if err != nil {
		return err
	}
	for _, l := range lines {
		page.Lines = append(page.Lines, shownLineOf(l))
	}
	return s.show(w, http.StatusOK, "logs.html", page)
}

func shownLineOf(l logmux.Line) shownLine {
	return shownLine{l.At.UTC().Format(time.RFC3339Nano), l.At.Local().Format("15:04:05.000"), l.Service, l.Text}
}

// lines are those that are there already.
func (s *site) lines(ctx context.Context, q control.LogQuery) (all []logmux.Line, err error) {
	batches, err := s.project.Logs(ctx, q)
	if err != nil {
		return nil, err
	}
	for batch := range batches {
		all = append(all, batch...)
	}
	return all, nil
}

// downloadLogs gives all lines that are remembered as a text.
func (s *site) downloadLogs(w http.ResponseWriter, r *http.Request) error {
	batches, err := s.project.Logs(r.Context(), control.LogQuery{Services: r.URL.Query()["service"]})
	if err != nil {
		return err
	}
	attach(w.Header(), "text/plain; charset=utf-8", "devgate.log")
	to := http.NewResponseController(w)
	for batch := range batches {
		to.SetWriteDeadline(time.Now().Add(sendPatience))
		for _, l := range batch {
			if _, err := io.WriteString(w, l.At.Local().Format("2006-01-02 15:04:05.000")+" "+l.Service+" | "+l.Text+"\n"); err != nil {
				return nil // the reader has gone
			}
		}
	}
	return nil
}
