package session

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"devgate/internal/logmux"
	"devgate/supervisor"
)

// outputs is what services print, on its way into the log and out of it again.
type outputs struct {
	printer *logmux.Printer

	mu     sync.Mutex
	newest map[string]*output // by service
}

func newOutputs(p *logmux.Printer) *outputs {
	return &outputs{printer: p, newest: map[string]*output{}}
}

// output is that of a service, of one process at a time; each of several that
// overlap has its own.
type output struct {
	printer *logmux.Printer
	service string
	ready   *regexp.Regexp                 // the line that says that the service is ready; nil: none does
	opened  atomic.Pointer[time.Time]      // when the last process began
	matcher atomic.Pointer[logmux.Matcher] // of the last process of the service itself
}

// open makes the output of a service, of which a line may say that it is ready.
func (o *outputs) open(service string, ready *regexp.Regexp) *output {
	one := &output{printer: o.printer, service: service, ready: ready}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.newest[service] = one
	return one
}

// sinks take what a command prints from now on. What the service itself prints
// passes the matcher first, from its first line on.
func (o *output) sinks(to supervisor.Purpose) (stdout, stderr io.WriteCloser) {
	// Stored before anything is printed, so that tail leaves out what earlier processes
	// have said.
	now := time.Now()
	o.opened.Store(&now)
	var m *logmux.Matcher
	// A build may print the same words; only what the service itself prints counts.
	if to == supervisor.ToRun && o.ready != nil {
		m = logmux.NewMatcher(o.ready)
		o.matcher.Store(m)
	}
	return o.printer.MatchedStream(o.service, logmux.Stdout, m), o.printer.MatchedStream(o.service, logmux.Stderr, m)
}

// last is the last line, or "".
func (o *output) last() string {
	if tail := o.printer.Tail(o.service, 1); len(tail) == 1 {
		return tail[0].Text
	}
	return ""
}

// matches waits for the line that says that the service is ready.
func (o *output) matches(ctx context.Context, p supervisor.Process) error {
	p.Missing(fmt.Errorf("no line of output matches %q yet", o.ready))
	select {
	// A process always has its matcher: sinks is called before it starts, and Ready after
	// that.
	case <-o.matcher.Load().Found():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

const (
	tailLines = 20 // of a failed service's output
	pageLines = 40 // likewise, on a page, where there is more room
)

// tail is the end of what the service's last process has printed.
func (o *outputs) tail(service string) []string {
	var all []string
	for _, line := range o.lastLines(service, tailLines) {
		all = append(all, clip(line.Text))
	}
	return all
}

// styledTail is the same with its colours, for the gateway's pages.
func (o *outputs) styledTail(service string) []string {
	var all []string
	for _, line := range o.lastLines(service, pageLines) {
		text := cmp.Or(line.Styled, line.Text)
		// Cut in the midst of a sequence its rest would be text.
		if clipped := clip(line.Text); clipped != line.Text {
			text = clipped
		}
		all = append(all, text)
	}
	return all
}

func (o *outputs) lastLines(service string, n int) []logmux.Line {
	return slices.DeleteFunc(o.printer.Tail(service, n), o.isOlder)
}

// isOlder reports whether a line was there before the newest build, or process, of its
// service began.
func (o *outputs) isOlder(l logmux.Line) bool {
	o.mu.Lock()
	newest := o.newest[l.Service]
	o.mu.Unlock()
	// Where nothing was opened since devgate began, there is nothing to show.
	if newest == nil {
		return true
	}
	opened := newest.opened.Load()
	return opened == nil || l.At.Before(*opened)
}

// clip shortens a line that is shown as an example.
func clip(text string) string {
	const most = 500 // bytes
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
