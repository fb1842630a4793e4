package session

import (
	"context"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/proxy"
)

const (
	windowMargin = 100 * time.Millisecond // a line is read a moment after it was written
	windowMax    = 20                     // lines of a window; the end says what went wrong
)

// explanation is the record of a request that was sent just now, with what follows from
// it and what was printed meanwhile.
func (i *inspector) explanation(ctx context.Context, e proxy.Exchange) control.Explanation {
	x := control.Explanation{Exchange: exchangeOf(e), Conclusion: e.Conclusion, Near: []control.NearMiss{}, Logs: []logmux.Line{}}
	for _, m := range e.Near {
		x.Near = append(x.Near, control.NearMiss(m))
	}
	if asked := i.askedOf(e); len(asked) > 0 {
		x.Logs, x.LogsOmitted = i.window(ctx, asked, e.At, time.Now())
	}
	return x
}

// askedOf are the services that had to do with a request: they were asked, or waited for.
func (i *inspector) askedOf(e proxy.Exchange) (names []string) {
	known := map[string]bool{}
	for _, name := range i.backends() {
		known[name] = true
	}
	for _, a := range e.Cascade {
		// Who was not asked has no status and took no time. A folder prints nothing.
		if known[a.Backend] && (a.Status != 0 || a.Duration > 0) {
			names = append(names, a.Backend)
		}
	}
	return names
}

// window is the end of what services printed between two moments, and of what devgate
// said of them; omitted counts the lines before it.
func (i *inspector) window(ctx context.Context, services []string, from, to time.Time) (lines []logmux.Line, omitted int) {
	lines = []logmux.Line{}
	select {
	case <-time.After(windowMargin):
	case <-ctx.Done(): // who has asked is gone
		return lines, 0
	}
	for batch := range i.logs(ctx, logmux.Query{Services: services, Since: from}) {
		for _, l := range batch {
			if l.At.After(to.Add(windowMargin)) {
				continue
			}
			if lines = append(lines, l); len(lines) > windowMax {
				lines = lines[1:]
				omitted++
			}
		}
	}
	return lines, omitted
}
