package words

import (
	"context"
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
)

// printed is a log in which each service has the same lines.
type printed []logmux.Line

func (p printed) Logs(_ context.Context, _ control.LogQuery, emit func(logmux.Line) error) error {
	for _, l := range p {
		emit(l)
	}
	return nil
}

// Who waits reads how each stands, and whether it was the time that ran out.
func TestWhatIsNotReadyIsSaid(t *testing.T) {
	for _, c := range []struct {
		service control.Service
		want    string
	}{
		{control.Service{State: event.Stopped}, "not everything is ready\napi: stopped"},
		{control.Service{State: event.Failed, Reason: "exit status 3, 3 times in a row"}, "not everything is ready\napi: failed: exit status 3, 3 times in a row"},
		{control.Service{State: event.Starting}, "not everything is ready after 1s\napi: starting"},
		{control.Service{State: event.Waiting}, "not everything is ready after 1s\napi: waiting"}, // it is about to begin
		{control.Service{State: event.Waiting, Reason: "waits for db", WaitsFor: []string{"db"}}, "not everything is ready\napi: waiting: waits for db"},
		{control.Service{State: event.Ready, Outdated: true, Reason: "an older version runs: build failed (exit status 1)"}, "not everything is ready\napi: an older version runs: build failed (exit status 1)"},
		{control.Service{State: event.Ready, Updating: true, Reason: "a newer version is on its way"}, "not everything is ready after 1s\napi: a newer version is on its way"},
	} {
		c.service.Name = "api"
		answer := control.Readiness{Missing: []string{"api"}, Status: control.Status{Services: []control.Service{{Name: "web", State: event.Failed}, c.service}}}
		if got := NotReady(printed{}, answer, time.Second, "").Error(); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
		if got := NotReady(printed{}, answer, time.Second, "do it").Error(); !strings.HasSuffix(got, "\n  hint: do it") {
			t.Errorf("the hint is missing: %s", got)
		}
	}
}
