package session

import (
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
)

// C5: which lines `devgate logs` gets.
func TestLogsShowWhatIsAskedFor(t *testing.T) {
	printer := logmux.New(logmux.Config{Out: io.Discard})
	defer printer.Close()
	for _, service := range []string{"api", "web"} {
		out := printer.Stream(service, logmux.Stdout)
		io.WriteString(out, "one\ntwo\n\x1b[31mthree\x1b[0m\n")
		out.Close()
	}
	printer.Devgate("", "ready")
	r := &logReader{current: newCurrent(newSetup(loaded(t, planned), nil)), printer: printer}
	for _, c := range []struct {
		name  string
		query control.LogQuery
		want  []string
	}{
		{"all", control.LogQuery{Tail: -1}, []string{"api one", "api two", "api three", "web one", "web two", "web three", "devgate ready"}},
		{"the last ones", control.LogQuery{Tail: 2}, []string{"web three", "devgate ready"}},
		{"none of those that are kept", control.LogQuery{Tail: 0}, nil},
		{"one service", control.LogQuery{Services: []string{"web"}, Tail: -1}, []string{"web one", "web two", "web three"}},
		{"devgate's own", control.LogQuery{Services: []string{"devgate"}, Tail: -1}, []string{"devgate ready"}},
		{"matching", control.LogQuery{Grep: "^t", Tail: -1}, []string{"api two", "api three", "web two", "web three"}},
		{"of the last hour", control.LogQuery{Since: time.Hour, Grep: "one", Tail: -1}, []string{"api one", "web one"}},
	} {
		var got []string
		if err := r.Logs(t.Context(), c.query, func(l logmux.Line) error { got = append(got, l.Service+" "+l.Text); return nil }); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		query control.LogQuery
		want  string
	}{
		{control.LogQuery{Services: []string{"wbe"}}, "no service \"wbe\"\n  hint: there are api, web, work, far"},
		{control.LogQuery{Grep: "("}, "--grep: error parsing regexp: missing closing ): `(`"},
	} {
		if err := r.Logs(t.Context(), c.query, nil); err == nil || err.Error() != c.want {
			t.Errorf("%+v: %v", c.query, err)
		}
	}
	gone := errors.New("the reader has gone")
	if err := r.Logs(t.Context(), control.LogQuery{Tail: -1}, func(logmux.Line) error { return gone }); err != gone {
		t.Errorf("got %v", err)
	}
}
