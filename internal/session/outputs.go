package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"devgate/internal/logmux"
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
	opened  atomic.Pointer[time.Time] // when the last process began
}

// open makes the output of a service.
func (o *outputs) open(service string) *output {
	one := &output{printer: o.printer, service: service}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.newest[service] = one
	return one
}

// stream takes what a process prints from now on.
func (o *output) stream(name string) io.WriteCloser {
	now := time.Now()
	o.opened.Store(&now)
	return o.printer.Stream(o.service, name)
}

// last is the last line, or "".
func (o *output) last() string {
	if tail := o.printer.Tail(o.service, 1); len(tail) == 1 {
		return tail[0].Text
	}
	return ""
}

// matches waits for a line of this process that matches.
func (o *output) matches(ctx context.Context, pattern *regexp.Regexp, report func(error)) error {
	report(fmt.Errorf("no line of output matches %q yet", pattern))
	query := logmux.Query{Services: []string{o.service}, Since: *o.opened.Load(), Grep: pattern, Live: true}
	for line := range o.printer.Follow(ctx, query) {
		if line.Stream != logmux.Devgate {
			return nil
		}
	}
	return errors.New("the output ended before a line matched")
}

const tailLines = 20 // of a failed service's output

// tail is the end of what the service's last process has printed.
func (o *outputs) tail(service string) []string {
	o.mu.Lock()
	newest := o.newest[service]
	o.mu.Unlock()
	if newest == nil {
		return nil
	}
	var all []string
	opened := newest.opened.Load()
	for _, line := range o.printer.Tail(service, tailLines) {
		if opened != nil && !line.At.Before(*opened) {
			all = append(all, clip(line.Text))
		}
	}
	return all
}

// clip shortens a line that is shown as an example.
func clip(text string) string {
	const most = 500 // bytes
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
