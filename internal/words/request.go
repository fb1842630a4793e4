package words

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// Cascade writes what was asked, a line a backend, and the answer.
func Cascade(out io.Writer, e control.Exchange) error {
	fmt.Fprintf(out, "%s %s\n", e.Method, e.Path)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, a := range e.Attempts {
		fmt.Fprintf(table, "  %d\t%s\t%s\t%s\t%s\n", i+1, a.Backend, statusText(a.Status), tookText(a), a.Note)
	}
	table.Flush()
	// The gateway's own pages have no backend.
	by := e.Backend
	if by == "" {
		by = "devgate itself"
	}
	_, err := fmt.Fprintf(out, "answer: %d from %s in %s\n", e.Status, by, millis(e.MS))
	return err
}

// Explanation writes the cascade, what follows from it, and what was printed
// meanwhile. Nothing that a terminal would obey is in it.
func Explanation(out io.Writer, e control.Explanation) error {
	b := &bytes.Buffer{}
	Cascade(b, e.Exchange)
	if e.Conclusion != "" {
		fmt.Fprintf(b, "so: %s\n", e.Conclusion)
	}
	if len(e.Logs) > 0 {
		b.WriteString("\nmeanwhile")
		if e.LogsOmitted > 0 {
			fmt.Fprintf(b, " (%d lines before these are left out)", e.LogsOmitted)
		}
		b.WriteString(":\n")
	}
	for _, l := range e.Logs {
		fmt.Fprintf(b, "  %s %s %s %s\n", l.At.Local().Format("15:04:05.000"), l.Service, sign(l), l.Text)
	}
	_, err := io.WriteString(out, plain(b.String()))
	return err
}

// sign stands between a service and its line, as in devgate's own output.
func sign(l logmux.Line) string {
	if l.Stream == logmux.Devgate {
		return "*"
	}
	return "|"
}

func statusText(status int) string {
	if status == 0 {
		return "-"
	}
	return strconv.Itoa(status)
}

// saidText is the status, or the word that stands for it where there is none.
// A note is "skipped: not ready; …": its first word says why nobody was asked.
func saidText(a control.Attempt) string {
	word, _, _ := strings.Cut(a.Note, ";")
	if a.Status != 0 || word == "" {
		return statusText(a.Status)
	}
	return word
}

// tookText is empty for a backend that was not asked.
func tookText(a control.Attempt) string {
	if a.Status == 0 && a.MS == 0 {
		return "-"
	}
	return millis(a.MS)
}

func millis(ms float64) string { return fmt.Sprintf("%.1fms", ms) }

// Request writes one line: its number, when, what, the answer, and the cascade. Nothing
// that a terminal would obey is in it.
func Request(out io.Writer, e control.Exchange) error {
	steps := make([]string, len(e.Attempts))
	for i, a := range e.Attempts {
		steps[i] = strings.TrimSpace(a.Backend + " " + saidText(a) + " " + tookText(a))
	}
	_, err := io.WriteString(out, plain(fmt.Sprintf("%4d  %s  %s %s  %s  %s  %s%s\n", e.ID, e.At.Local().Format("15:04:05.000"),
		e.Method, e.Path, statusText(e.Status), millis(e.MS), strings.Join(steps, " → "), remarks(e))))
	return err
}

// remarks are what is odd about a request.
func remarks(e control.Exchange) (text string) {
	if e.Learned {
		text = "  (learned)"
	}
	if e.ReplayOf != 0 {
		text += fmt.Sprintf("  (%d again)", e.ReplayOf)
	}
	return text
}
