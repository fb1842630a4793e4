package session

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/control"
	"devgate/internal/logmux"
	"devgate/proxy"
)

// Whoever asks why is told what follows, and what those printed who had to do with it, from
// the beginning of the request until a moment after its end.
func TestAnExplanationHasTheLinesOfItsWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		at := func(d time.Duration, text string) logmux.Line {
			return logmux.Line{At: began.Add(d), Service: "api", Text: text}
		}
		all := []logmux.Line{at(time.Second, "first"), at(2*time.Second, "last"), at(2*time.Second+windowMargin, "its end"), at(3*time.Second, "another's")}
		var asked logmux.Query
		i := &inspector{
			backends: func() []string { return []string{"api", "web", "held", "off"} },
			logs: func(_ context.Context, q logmux.Query) iter.Seq[[]logmux.Line] {
				asked = q
				return slices.Values([][]logmux.Line{all[:1], all[1:]})
			},
		}
		time.Sleep(2 * time.Second)
		e := proxy.Exchange{
			At: began, Status: 404, Conclusion: "no backend has this route", Near: []proxy.NearMiss{{Method: "GET", Path: "/a", Backend: "api", Status: 200, Difference: "prefix"}},
			Cascade: []proxy.Attempt{{Backend: "web", Status: 404}, {Backend: "held", Duration: time.Second}, {Backend: "off", Note: "not started"}, {Backend: "static", Status: 404}, {Backend: "api", Status: 404}},
		}
		got := i.explanation(t.Context(), e)
		if want := (logmux.Query{Services: []string{"web", "held", "api"}, Since: began}); !reflect.DeepEqual(asked, want) {
			t.Errorf("asked for %+v, want %+v", asked, want)
		}
		if !reflect.DeepEqual(got.Logs, all[:3]) || got.LogsOmitted != 0 {
			t.Errorf("lines %+v, %d left out", got.Logs, got.LogsOmitted)
		}
		if got.Conclusion != e.Conclusion || !reflect.DeepEqual(got.Near, []control.NearMiss{{Method: "GET", Path: "/a", Backend: "api", Status: 200, Difference: "prefix"}}) {
			t.Errorf("%+v", got)
		}

		for n := range windowMax + 3 {
			all = append(all, at(time.Second, fmt.Sprint(n)))
		}
		all = all[4:]
		if got := i.explanation(t.Context(), e); len(got.Logs) != windowMax || got.LogsOmitted != 3 || got.Logs[windowMax-1].Text != fmt.Sprint(windowMax+2) {
			t.Errorf("%d lines, the last %v, %d left out", len(got.Logs), got.Logs[len(got.Logs)-1], got.LogsOmitted)
		}
		// Nobody was asked: there is nothing to wait for, and no list is null.
		e.Cascade, e.Near = e.Cascade[2:3], nil
		before := time.Now()
		if got := i.explanation(t.Context(), e); got.Logs == nil || got.Near == nil || len(got.Logs) > 0 || time.Now() != before {
			t.Errorf("%+v", got)
		}
	})
}
