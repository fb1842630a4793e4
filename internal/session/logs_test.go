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
	isOlder := func(l logmux.Line) bool { return l.Text == "one" || l.Service == "web" }
	r := &logReader{current: newCurrent(newSetup(loaded(t, planned), nil)), printer: printer, isOlder: isOlder}
	for _, c := range []struct {
		name  string
		query control.LogQuery
		want  []string
	}{
		{"all", control.LogQuery{}, []string{"api one", "api two", "api three", "web one", "web two", "web three", "devgate ready"}},
		{"the last ones", control.LogQuery{Tail: 2}, []string{"web three", "devgate ready"}},
		{"none of those that are kept", control.LogQuery{Tail: -1}, nil},
		{"one service", control.LogQuery{Services: []string{"web"}}, []string{"web one", "web two", "web three"}},
		{"devgate's own", control.LogQuery{Services: []string{"devgate"}}, []string{"devgate ready"}},
		{"matching", control.LogQuery{Grep: "^t"}, []string{"api two", "api three", "web two", "web three"}},
		{"of the newest process", control.LogQuery{Newest: true}, []string{"api two", "api three", "devgate ready"}},
		{"of the last hour", control.LogQuery{Since: time.Hour, Grep: "one"}, []string{"api one", "web one"}},
	} {
		var got []string
		batches, err := r.Logs(t.Context(), c.query)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for lines := range batches {
			for _, l := range lines {
				got = append(got, l.Service+" "+l.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		query control.LogQuery
		want  control.Error
	}{
		{control.LogQuery{Services: []string{"wbe"}}, control.Error{Kind: control.Unknown, Text: `no service "wbe"`, Hint: "there are api, web, work, far"}},
		{control.LogQuery{Grep: "("}, control.Error{Kind: control.Invalid, Text: "grep: error parsing regexp: missing closing ): `(`"}},
	} {
		var refused *control.Error
		if _, err := r.Logs(t.Context(), c.query); !errors.As(err, &refused) || *refused != c.want {
			t.Errorf("%+v: %v", c.query, err)
		}
	}
}
