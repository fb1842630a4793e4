package mcp

import (
	"context"
	"fmt"
	"strings"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// LogsIn are the arguments of the tool logs.
type LogsIn struct {
	Where
	Services []string `json:"services,omitempty" jsonschema:"of these services only; devgate is devgate's own lines; default: all"`
	Tail     int      `json:"tail,omitempty" jsonschema:"the last so many lines only, 1 to 1000; default: 100"`
	Since    string   `json:"since,omitempty" jsonschema:"lines not older than this only, such as 30s or 5m; default: all that are kept"`
	Grep     string   `json:"grep,omitempty" jsonschema:"lines only whose text matches this regular expression (Go syntax)"`
}

// LogsOut is what the tool logs returns.
type LogsOut struct {
	Lines   []LogLine `json:"lines" jsonschema:"in the order in which they were printed"`
	Omitted int       `json:"omitted" jsonschema:"how many earlier lines matched too and are left out"`
}

// LogLine is one line of a log.
type LogLine struct {
	At      time.Time `json:"at"`
	Service string    `json:"service"`
	Stream  string    `json:"stream" jsonschema:"stdout, stderr, or devgate for what devgate says of the service"`
	Text    string    `json:"text"`
	Cut     bool      `json:"cut" jsonschema:"the line was longer, and its end is left out"`
}

const (
	usualTail = 100
	mostTail  = 1000
	lineFrame = 100 // bytes that JSON takes for the rest of a line, about
)

var logsTool = tool[LogsIn, LogsOut]{
	name: "logs", title: "What the services printed",
	description: `What services have printed (stdout, stderr, builds), and what devgate said of them, oldest first, without colours. Use it to read a stack trace, a compiler's error, or what happened around a request; narrow it by services, since and grep. The last 100 lines by default, 32 KiB at most; what is left out is counted. Older output is in .devgate/logs/NAME.log in the project.`,
	run: func(ctx context.Context, h host, in LogsIn) (LogsOut, string, error) {
		query, err := in.query()
		if err != nil {
			return LogsOut{}, "", err
		}
		r, err := h.find(in.Dir)
		if err != nil {
			return LogsOut{}, "", err
		}
		last := newLastLines(in.Tail)
		err = r.Logs(ctx, query, func(l logmux.Line) error { last.add(l); return nil })
		return last.out(), last.text(), r.explained(ctx, err)
	},
}

// query is what the arguments ask of a devgate. All lines are asked for, and the last
// ones kept here: how many are left out is part of the answer.
func (in *LogsIn) query() (q control.LogQuery, err error) {
	if in.Tail == 0 {
		in.Tail = usualTail
	}
	if in.Tail < 1 || in.Tail > mostTail {
		return q, &failure{fmt.Errorf("tail %d: want 1 to %d", in.Tail, mostTail), "call it again with fewer lines, narrowed by services, since or grep"}
	}
	q = control.LogQuery{Services: in.Services, Grep: in.Grep}
	if in.Since != "" {
		if q.Since, err = time.ParseDuration(in.Since); err != nil || q.Since <= 0 {
			return q, &failure{fmt.Errorf("since %q: want a duration above 0, such as 30s", in.Since), "call it again with one"}
		}
	}
	return q, nil
}

// lastLines keeps the end of a log, within a number of lines and of bytes.
type lastLines struct {
	tail, bytes int
	lines       []LogLine
	omitted     int
}

func newLastLines(tail int) *lastLines { return &lastLines{tail: tail, lines: []LogLine{}} }

func (l *lastLines) add(line logmux.Line) {
	text, cut := cutLine(line.Text)
	l.lines = append(l.lines, LogLine{line.At, line.Service, line.Stream, text, cut})
	l.bytes += lineFrame + len(text)
	// One line always stays: it has a bound of its own.
	for len(l.lines) > l.tail || l.bytes > textMax-lineFrame && len(l.lines) > 1 {
		l.bytes -= lineFrame + len(l.lines[0].Text)
		l.lines = l.lines[1:]
		l.omitted++
	}
}

func (l *lastLines) out() LogsOut { return LogsOut{l.lines, l.omitted} }

// text is the lines as `devgate logs --timestamps` prints them.
func (l *lastLines) text() string {
	if len(l.lines) == 0 {
		return "no lines"
	}
	var b strings.Builder
	if l.omitted > 0 {
		fmt.Fprintf(&b, "[%d earlier lines are left out; narrow with services, since or grep, or raise tail]\n", l.omitted)
	}
	for _, line := range l.lines {
		fmt.Fprintf(&b, "%s %s | %s\n", line.At.Local().Format("15:04:05.000"), line.Service, line.Text)
	}
	return b.String()
}
