package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

// processesPage shows every service.
type processesPage struct {
	frame
	Services []serviceRow
	Blank    serviceRow // what a script makes further rows of
}

// serviceRow is a service in words.
type serviceRow struct {
	Name, Kind, State, Reason string
	Port, PID, Uptime         string
	Restarts, LastExit        string
	WaitsFor                  []string
	App                       string // URL of its own page; "": none
	Started                   string // RFC 3339; "": nothing runs
	Past                      []pastRow
	Startable                 bool // devgate starts and stops it
	Running                   bool
	Token                     string
}

// pastRow is the last change, restart or failure of a service. One that has not been
// has a row, too: a script fills it in.
type pastRow struct {
	What, Text, Ago string
	At              string // RFC 3339; "": it has not been
}

func (s *site) showProcesses(w http.ResponseWriter, r *http.Request) error {
	status := s.project.Status()
	page := processesPage{frame: s.frameOf(status, "processes", "Processes"), Blank: serviceRow{Token: s.token, Startable: true, Past: pastOf(control.Service{}, time.Time{})}}
	for _, service := range status.Services {
		row := rowOf(service, status.URL, time.Now())
		row.Token = s.token
		page.Services = append(page.Services, row)
	}
	return s.show(w, http.StatusOK, "processes.html", page)
}

func rowOf(s control.Service, gateway string, now time.Time) serviceRow {
	row := serviceRow{
		Name: s.Name, Kind: s.Kind, State: s.State.String(), Reason: s.Reason, Restarts: strconv.Itoa(s.Restarts),
		Port: numberText(s.Port), PID: numberText(s.PID), WaitsFor: s.WaitsFor, App: appURL(gateway, s),
		Past: pastOf(s, now), LastExit: exitText(s.Exit), Startable: s.Kind != "remote", Running: isRunning(s.State),
	}
	if s.Started != nil {
		row.Started = s.Started.UTC().Format(time.RFC3339)
		row.Uptime = durationText(now.Sub(*s.Started))
	}
	return row
}

func pastOf(s control.Service, now time.Time) []pastRow {
	rows := []pastRow{{What: "change"}, {What: "restart"}, {What: "failure"}}
	for i, m := range []*control.Moment{s.LastChange, s.LastRestart, s.LastFailure} {
		if m != nil {
			rows[i].Text, rows[i].At, rows[i].Ago = m.Text, m.At.UTC().Format(time.RFC3339), durationText(now.Sub(m.At))
		}
	}
	return rows
}

// isRunning reports whether there is something to stop.
func isRunning(state event.State) bool {
	return !slices.Contains([]event.State{event.Stopped, event.Stopping, event.Done, event.Failed, event.Exited}, state)
}

func exitText(e *control.Exit) string {
	switch {
	case e == nil:
		return ""
	case e.Signal != nil:
		return "killed by " + *e.Signal
	}
	return fmt.Sprintf("exit status %d", e.Code)
}

func numberText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// durationText is how long something has lasted, as exactly as a person wants it.
func durationText(d time.Duration) string {
	d = max(d, 0)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case h >= 48:
		return fmt.Sprintf("%dd %dh", h/24, h%24)
	case h > 0:
		return fmt.Sprintf("%dh %dm", h, m)
	case m > 0:
		return fmt.Sprintf("%dm %ds", m, s)
	}
	return fmt.Sprintf("%ds", s)
}

// act starts, stops or restarts a service. It does not wait for the end of that: the
// page shows what happens.
func (s *site) act(w http.ResponseWriter, r *http.Request) error {
	verb := control.Verb(r.PathValue("verb"))
	if !slices.Contains([]control.Verb{control.Start, control.Stop, control.Restart}, verb) {
		return invalid("a service can be started, stopped and restarted")
	}
	// Not the request's context: who closes the tab has asked for it all the same.
	if err := s.project.Do(context.WithoutCancel(r.Context()), verb, []string{r.PathValue("name")}, false); err != nil {
		return err
	}
	back := "/"
	if r.PostFormValue("back") == "logs" {
		back = "/logs"
	}
	return s.done(w, r, &url.URL{Path: back})
}

// done answers a change: a script stays on its page, a form is shown another.
func (s *site) done(w http.ResponseWriter, r *http.Request, next *url.URL) error {
	if isScripted(r) {
		w.Header().Set("Location", next.String())
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, next.String(), http.StatusSeeOther)
	return nil
}
