package words

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

// Status writes a table of the services, below it what has happened to them last, and
// then why each is in its state.
func Status(out io.Writer, s control.Status) error {
	fmt.Fprintf(out, "%s  %s  %s  (pid %d)", s.Name, s.State, s.URL, s.PID)
	if s.Dashboard != nil {
		fmt.Fprintf(out, "  dashboard %s", *s.Dashboard)
	}
	io.WriteString(out, "\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tKIND\tSTATE\tFOR\tPORT\tPID\tRESTARTS\tREADY IN\tLAST EXIT")
	for _, service := range s.Services {
		fmt.Fprintln(table, strings.Join(row(service), "\t"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := pastTable(out, s.Services); err != nil {
		return err
	}
	// Below the table: a reason may be long, and tabwriter would widen a column for all.
	for _, service := range s.Services {
		if service.Reason != "" {
			if _, err := fmt.Fprintf(out, "\n%s: %s\n", service.Name, service.Reason); err != nil {
				return err
			}
		}
	}
	return nil
}

// pastTable writes the last change, restart and failure of those that have any; of a
// project to which nothing has happened it writes nothing.
func pastTable(out io.Writer, services []control.Service) error {
	var rows strings.Builder
	for _, s := range services {
		if s.LastChange != nil || s.LastRestart != nil || s.LastFailure != nil {
			fmt.Fprintf(&rows, "%s\t%s\t%s\t%s\n", s.Name, happened(s.LastChange), happened(s.LastRestart), happened(s.LastFailure))
		}
	}
	if rows.Len() == 0 {
		return nil
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	io.WriteString(table, "\nNAME\tLAST CHANGE\tLAST RESTART\tLAST FAILURE\n"+rows.String())
	return table.Flush()
}

// happened is "exit status 3, 5s ago".
func happened(m *control.Moment) string {
	if m == nil {
		return "-"
	}
	return m.Text + ", " + ago(m.At)
}

func row(s control.Service) []string {
	exit, ready := "-", "-"
	if s.Exit != nil {
		exit = event.Exit{Code: s.Exit.Code, Signal: text(s.Exit.Signal)}.String() + ", " + ago(s.Exit.At)
	}
	if s.ReadyMS != nil {
		ready = seconds(time.Duration(*s.ReadyMS) * time.Millisecond)
	}
	port := orDash(s.Port)
	if s.Kind == "remote" {
		port = text(s.URL)
	}
	return []string{s.Name, s.Kind, s.State.String(), age(s.Since), port, orDash(s.PID), strconv.Itoa(s.Restarts), ready, exit}
}

func orDash(n *int) string {
	if n == nil {
		return "-"
	}
	return strconv.Itoa(*n)
}

// A pointer that is nil is null in JSON: "none" and "empty" differ there, and here they
// do not.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func ago(t time.Time) string { return age(t) + " ago" }

// age is a time since t in its two largest units.
// With one unit below a minute; nobody counts seconds after hours.
func age(t time.Time) string {
	d := time.Since(t).Round(time.Second)
	switch {
	case d < time.Minute:
		return d.String()
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
