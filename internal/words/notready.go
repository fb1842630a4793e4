package words

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
)

const tailLines = 20 // of the output of a service that is not ready

// StaysUp is the hint of a devgate that goes on in the background although not everything is
// ready.
const StaysUp = "devgate stays up, so that a fix can be saved; devgate logs -f shows more, devgate down stops it"

// Log is what services have printed: a *control.Client.
type Log interface {
	Logs(ctx context.Context, q control.LogQuery, emit func(logmux.Line) error) error
}

// NotReady says what is not ready, with the last lines of each. A hint that is empty
// is left out.
func NotReady(log Log, answer control.Readiness, timeout time.Duration, hint string) error {
	var b strings.Builder
	b.WriteString("not everything is ready")
	if isUnderWay(answer) {
		fmt.Fprintf(&b, " after %s", timeout)
	}
	// Of a readiness that is not settled the time that passed is part of the news.
	for _, s := range Missing(answer) {
		b.WriteString("\n" + s.Name + ": " + stands(s))
		if s.State != event.Stopped { // by somebody: its output tells nothing of it
			Tail(&b, log, s.Name)
		}
	}
	if hint != "" {
		b.WriteString("\n  hint: " + hint)
	}
	return errors.New(b.String())
}

// stands says how a service is that somebody waits for.
func stands(s control.Service) string {
	switch {
	case s.Reason == "":
		return s.State.String()
	case s.State == event.Ready: // and still waited for: the reason says in which version it is
		return s.Reason
	}
	return s.State.String() + ": " + s.Reason
}

// Missing are the services that an answer names, as they were.
func Missing(answer control.Readiness) (all []control.Service) {
	named := map[string]bool{}
	for _, name := range answer.Missing {
		named[name] = true
	}
	for _, s := range answer.Status.Services {
		if named[s.Name] {
			all = append(all, s)
		}
	}
	return all
}

// isUnderWay reports whether something of what is missing may still become ready by
// itself: then it was the time that ran out.
func isUnderWay(answer control.Readiness) bool {
	return slices.ContainsFunc(Missing(answer), func(s control.Service) bool {
		// Waiting is for another one, which is missing itself and says why; who waits for
		// nobody is about to begin.
		return !s.Settled() && (s.State != event.Waiting || len(s.WaitsFor) == 0)
	})
}

// Tail writes the end of what a service has printed since its newest build, or process,
// began: what was wrong before may be mended. Each line is behind a line end.
func Tail(w io.Writer, log Log, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var tail []string
	// An error leaves the tail shorter: the message is about something else already.
	log.Logs(ctx, control.LogQuery{Services: []string{name}, Newest: true}, func(l logmux.Line) error {
		// devgate's own lines about the service repeat its state.
		if l.Stream != logmux.Devgate {
			// The last ones only: a ring of a slice.
			tail = append(tail[max(0, len(tail)-tailLines+1):], l.Text)
		}
		return nil
	})
	for _, line := range tail {
		fmt.Fprintf(w, "\n    %s", line)
	}
}
