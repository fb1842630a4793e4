package session

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

const waitedFor = `port = 3000
[db]
command = "db"
[api]
command = "api"
port = 4001
after = ["db"]
[web]
command = "web"
port = 4002
after = ["api"]
[work]
command = "work"
[off]
command = "off"
[far]
url = "http://127.0.0.1:9"
`

// states are services with their states: "api ready, web waiting, work ready updating".
func states(bus *event.Bus, text string) {
	for one := range strings.SplitSeq(text, ", ") {
		name, words, _ := strings.Cut(one, " ")
		word, version, _ := strings.Cut(words, " ")
		s := event.Service{Name: name, Since: time.Now(), Updating: strings.Contains(version, "updating"), Outdated: strings.Contains(version, "outdated")}
		if s.Outdated {
			s.Past.Failure = &event.Moment{At: s.Since, Text: "build failed"}
		}
		if err := s.State.UnmarshalText([]byte(word)); err != nil {
			panic(err)
		}
		bus.Publish(event.Event{Service: s})
	}
}

func newWaiter(t *testing.T) (*waiter, *event.Bus) {
	var bus event.Bus
	now := newCurrent(newSetup(loaded(t, waitedFor), []string{"web", "work"}))
	o := &overview{current: now, bus: &bus, began: time.Now(), stopping: func() bool { return false }, dashboard: noDashboard}
	return &waiter{current: now, bus: &bus, status: o.Status}, &bus
}

// `devgate wait`: what decides, and what keeps whom waiting.
func TestAWaitIsDecidedByWhatCanStillBecomeReady(t *testing.T) {
	for _, c := range []struct {
		states, names string
		over, ready   bool
		missing       string
	}{
		{"db ready, api ready, web ready, work ready", "", true, true, ""},
		{"db ready, api ready, web ready, work done", "", true, true, ""},
		{"db ready, api ready, web ready, work starting", "", false, false, "work"},
		{"db ready, api ready, web ready, work starting", "web", true, true, ""},
		{"db ready, api ready, web ready, work backoff", "work web", false, false, "work"},
		{"db ready, api building, web waiting, work ready", "web", false, false, "api web"},
		{"db ready, api failed, web waiting, work ready", "", true, false, "api web"},
		{"db failed, api waiting, web waiting, work ready", "web", true, false, "db api web"},
		{"db failed, api waiting, web waiting, work ready", "work", true, true, ""},
		{"db ready, api failed, web waiting, work starting", "", false, false, "api web work"}, // it is told when all is known
		{"db failed, api ready, web ready, work ready", "web", true, true, ""},                 // what it was after has served its turn
		{"db failed, api ready, web ready, work ready", "", true, false, "db"},
		{"db ready, api ready, web stopped, work exited", "", true, true, ""}, // not to run
		{"db ready, api ready, web stopped, work exited", "web work", true, false, "web work"},
		{"db stopped, api waiting, web waiting, work ready", "web", true, false, "db api web"},
		{"db ready, api stopping, web ready, work ready", "api", false, false, "api"},
		{"db ready, api ready, web ready, work ready", "off", true, false, "off"}, // never asked to run
		{"db ready, api ready, web ready, work ready", "far", true, true, ""},
		{"work ready", "", false, false, "db api web"}, // their first event is on its way
		// Who has saved waits for what was saved.
		{"db ready, api ready updating, web ready, work ready", "", false, false, "api"},
		{"db ready, api ready outdated, web ready, work ready", "", true, false, "api"},
		{"db ready, api ready outdated updating, web ready, work ready", "api", false, false, "api"},
		{"db ready, api ready updating, web ready, work ready", "web", true, true, ""},
		{"db ready, api ready outdated, web waiting, work ready", "web", false, false, "web"}, // which starts all the same
	} {
		w, bus := newWaiter(t)
		states(bus, c.states)
		answer, over, err := w.look(strings.Fields(c.names))
		if err != nil || over != c.over || answer.Ready != c.ready || !slices.Equal(answer.Missing, strings.Fields(c.missing)) {
			t.Errorf("%s; %q: over %v, ready %v, missing %v, %v", c.states, c.names, over, answer.Ready, answer.Missing, err)
		}
	}
}

// It follows what happens, and asks nobody again and again.
func TestAWaitReturnsWhenItIsDecided(t *testing.T) {
	w, bus := newWaiter(t)
	states(bus, "db ready, api ready, web starting, work ready")
	synctest.Test(t, func(t *testing.T) {
		type result struct {
			answer control.Readiness
			err    error
		}
		ask := func(ctx context.Context, limit time.Duration, names ...string) chan result {
			got := make(chan result, 1)
			go func() {
				answer, err := w.Wait(ctx, names, limit)
				got <- result{answer, err}
			}()
			synctest.Wait()
			return got
		}
		late, endless, failing := ask(t.Context(), time.Minute), ask(t.Context(), 0), ask(t.Context(), 0, "web")
		time.Sleep(time.Minute)
		if r := <-late; r.err != nil || r.answer.Ready || !slices.Equal(r.answer.Missing, []string{"web"}) || r.answer.Status.Services[2].State != event.Starting {
			t.Errorf("at its limit: %+v", r)
		}
		if len(endless)+len(failing) > 0 {
			t.Error("a wait without a limit has one")
		}
		states(bus, "web failed")
		if r := <-failing; r.err != nil || r.answer.Ready || r.answer.Status.State != event.Failed {
			t.Errorf("web has failed: %+v", r)
		}
		<-endless
		mended := ask(t.Context(), 0, "work")
		if r := <-mended; r.err != nil || !r.answer.Ready {
			t.Errorf("work is ready: %+v", r)
		}
		states(bus, "web starting")
		lagging := ask(t.Context(), 0)
		for range event.Queue + 1 {
			states(bus, "web backoff")
		}
		states(bus, "web ready")
		if r := <-lagging; r.err != nil || !r.answer.Ready {
			t.Errorf("after more events than are kept: %+v", r)
		}
		states(bus, "web starting")
		gone := errors.New("gone")
		ctx, leave := context.WithCancelCause(t.Context())
		left := ask(ctx, 0)
		leave(gone)
		if r := <-left; r.err != gone {
			t.Errorf("its client has left: %+v", r)
		}
	})
}

// C1: a name that no service has, or no longer has, is told; a devgate on its way down
// makes nobody wait.
func TestAWaitForNobodyIsRefused(t *testing.T) {
	w, bus := newWaiter(t)
	states(bus, "db ready, api ready, web starting, work ready")
	var got *control.Error
	if _, err := w.Wait(t.Context(), []string{"apy"}, 0); !errors.As(err, &got) || got.Kind != control.Unknown || !strings.HasPrefix(got.Text, `no service "apy"`) {
		t.Errorf("apy: %v", err)
	}
	w.status = func() control.Status { return control.Status{State: event.Stopping} }
	if _, err := w.Wait(t.Context(), nil, 0); !errors.As(err, &got) || got.Kind != control.Stopping {
		t.Errorf("on its way down: %v", err)
	}
}
