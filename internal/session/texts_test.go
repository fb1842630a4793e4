package session

import (
	"testing"
	"time"

	"devgate/internal/event"
)

const told = `port = 3000
[api]
command = "api"
port = 4001
[built]
command = "{bin}"
build = "go build -o {bin}"
watch = ["*.go", "go.mod"]
port = 4002
[work]
command = "work"
`

// C4, P5: what people read of a service that changes, word for word.
func TestWhatIsSaidOfAState(t *testing.T) {
	edit := event.Cause{By: event.Edit, Files: []string{"a.go"}, Total: 1}
	control := event.Cause{By: event.Control, Files: []string{"a.go"}, Total: 1}
	held, tail := 0, []string(nil)
	texts := &texts{
		current: newCurrent(newSetup(loaded(t, told), nil)),
		tail:    func(string) []string { return tail },
		held:    func(string) int { return held },
	}
	for _, c := range []struct {
		e    event.Service
		held int
		tail []string
		want string
	}{
		{e: event.Service{Name: "gone", State: event.Ready}, want: ""},
		{e: event.Service{Name: "api", State: event.Waiting, Reason: "waits for db"}, want: "waits for db"},
		{e: event.Service{Name: "api", State: event.Starting}, want: ""},
		{e: event.Service{Name: "api", State: event.Stopping}, want: ""},
		{e: event.Service{Name: "built", State: event.Building}, want: "building: go build -o {bin}"},
		{e: event.Service{Name: "built", State: event.Building, Cause: edit}, want: ""},
		{e: event.Service{Name: "api", State: event.Ready, PID: 7, ReadyIn: 1949 * time.Millisecond}, want: "ready in 1.9s on port 4001 (pid 7)"},
		{e: event.Service{Name: "built", State: event.Ready, PID: 7, ReadyIn: time.Second, BuiltIn: 3 * time.Second}, want: "ready in 1.0s on port 4002 (pid 7, built in 3.0s)"},
		{e: event.Service{Name: "work", State: event.Ready, PID: 7}, want: "runs (pid 7)"},
		{e: event.Service{Name: "work", State: event.Done, ReadyIn: time.Second}, want: "done in 1.0s"},
		{e: event.Service{Name: "api", State: event.Ready, ReadyIn: time.Second, Cause: edit}, want: "↻ a.go changed → ready 1.0s"},
		{e: event.Service{Name: "api", State: event.Ready, ReadyIn: time.Second, Cause: edit}, held: 1, want: "↻ a.go changed → ready 1.0s (1 request held)"},
		{e: event.Service{Name: "built", State: event.Ready, ReadyIn: time.Second, BuiltIn: 2 * time.Second, Cause: edit}, held: 2, want: "↻ a.go changed → build 2.0s → ready 1.0s (2 requests held)"},
		{e: event.Service{Name: "built", State: event.Building, Cause: control}, want: ""},
		{e: event.Service{Name: "built", State: event.Ready, ReadyIn: time.Second, BuiltIn: 2 * time.Second, Cause: control}, want: "↻ a.go changed during a build → build 2.0s → ready 1.0s"},
		{e: event.Service{Name: "work", State: event.Ready, PID: 7, Cause: edit}, want: "↻ a.go changed → runs (pid 7)"},
		{e: event.Service{Name: "work", State: event.Done, ReadyIn: time.Second, Cause: edit}, want: "↻ a.go changed → done 1.0s"},
		{e: event.Service{Name: "api", State: event.Backoff, Reason: "exit status 1; again in 0.2s"}, want: "exit status 1; again in 0.2s"},
		{e: event.Service{Name: "api", State: event.Exited, Reason: "exit status 0"}, want: "ended: exit status 0"},
		{e: event.Service{Name: "api", State: event.Stopped}, want: "stopped"},
		{e: event.Service{Name: "api", State: event.Failed, Reason: "exit status 3"}, want: "failed: exit status 3\nstart it again with: devgate restart api"},
		{e: event.Service{Name: "built", State: event.Failed, Reason: "exit status 3"}, tail: []string{"one", "two"}, want: "failed: exit status 3\nits last output:\n    one\n    two\n" +
			"waits for a change in *.go, go.mod, or: devgate restart built"},
	} {
		var out said
		held, tail = c.held, c.tail
		out.say("", texts.state(c.e))
		out.take(t, ": "+c.want)
	}
}

func TestAnEditIsSaidAtOnce(t *testing.T) {
	texts := &texts{current: newCurrent(newSetup(loaded(t, told), nil))}
	for _, c := range []struct {
		name string
		by   event.Origin
		want string
	}{
		{"api", event.Edit, ": ↻ a.go changed → restarting"},
		{"built", event.Edit, ": ↻ a.go changed → building"},
		{"gone", event.Edit, ": ↻ a.go changed → restarting"},
		{"built", event.Control, ": ↻ a.go changed during a build → building once more, to see who writes it"},
	} {
		var out said
		e := event.Event{Kind: event.Asked, Service: event.Service{Name: c.name}, Cause: event.Cause{By: c.by, Files: []string{"a.go"}, Total: 1}}
		out.say("", texts.edit(e))
		out.take(t, c.want)
	}
}

func TestCountsReadAsPeopleSayThem(t *testing.T) {
	for want, got := range map[string]string{
		"1 backend": count(1, "backend"), "0 backends": count(0, "backend"), "2 processes": count(2, "process"), "1 process": count(1, "process"),
		"1.9s": seconds(1949 * time.Millisecond),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
