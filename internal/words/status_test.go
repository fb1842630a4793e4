package words

import (
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
)

func TestTimesReadAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 59 * time.Second: "59s", 61 * time.Second: "1m01s", 59*time.Minute + 59*time.Second: "59m59s",
		time.Hour: "1h00m", 49*time.Hour + 5*time.Minute: "49h05m",
	} {
		if got := age(time.Now().Add(-d)); got != want {
			t.Errorf("%s reads %s, want %s", d, got, want)
		}
	}
	if got := seconds(1949 * time.Millisecond); got != "1.9s" {
		t.Errorf("1949 ms read %s", got)
	}
}

// Is it me or the server: one look at the last change, restart and failure of each.
func TestWhatHappenedLastIsATable(t *testing.T) {
	at := func(d time.Duration, text string) *control.Moment {
		return &control.Moment{At: time.Now().Add(-d), Text: text}
	}
	quiet := control.Service{Name: "web", Kind: "backend", State: event.Ready, Since: time.Now()}
	api := quiet
	api.Name, api.Reason = "api", "an older version runs: build failed (exit status 1)"
	var out strings.Builder
	if Status(&out, control.Status{Services: []control.Service{quiet}}); strings.Contains(out.String(), "LAST CHANGE") {
		t.Errorf("nothing has happened, and it says:\n%s", out.String())
	}
	api.LastChange, api.LastFailure = at(12*time.Second, "users.go"), at(10*time.Second, "build failed (exit status 1)")
	out.Reset()
	Status(&out, control.Status{Services: []control.Service{quiet, api}})
	want := `
NAME  LAST CHANGE        LAST RESTART  LAST FAILURE
api   users.go, 12s ago  -             build failed (exit status 1), 10s ago

api: an older version runs: build failed (exit status 1)
`
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("got\n%s\nwant at the end\n%s", out.String(), want)
	}
}
