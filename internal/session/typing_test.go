package session

import (
	"bytes"
	"slices"
	"testing"

	"devgate/internal/event"
)

// C6: what is typed after r, and which services that means.
func TestWhatIsTypedNamesServices(t *testing.T) {
	const text = `port = 3000
[api]
command = "a"
[apron]
command = "b"
[work]
command = "c"
[migrate]
command = "d"
once = true
[far]
url = "http://127.0.0.1:9"
`
	var bus event.Bus
	for _, name := range []string{"api", "apron", "migrate"} {
		bus.Publish(event.Event{Service: event.Service{Name: name, State: event.Ready}})
	}
	bus.Publish(event.Event{Service: event.Service{Name: "work", State: event.Stopped}})
	for _, c := range []struct {
		typed     string
		restarted []string
		said      []string
		line      string
	}{
		{"r\r", []string{"api", "apron"}, []string{"api: restart asked for", "apron: restart asked for"}, keyLine()},
		{"rapi\r", []string{"api"}, []string{"api: restart asked for"}, keyLine()},
		{"rapr\r", []string{"apron"}, []string{"apron: restart asked for"}, keyLine()},
		{"ra\r", nil, []string{`: "a" may be api or apron`}, keyLine()},
		{"ra\tr\t\n", []string{"apron"}, []string{"apron: restart asked for"}, keyLine()},
		{"rapx\x7fi\r", []string{"api"}, []string{"api: restart asked for"}, keyLine()},
		{"r\b\bapi\r", []string{"api"}, []string{"api: restart asked for"}, keyLine()},
		{"rw\r", []string{"work"}, []string{"work: restart asked for"}, keyLine()},             // also one that is stopped, by its name
		{"rmigrate\r", []string{"migrate"}, []string{"migrate: restart asked for"}, keyLine()}, // and a task
		{"rfar\r", nil, []string{`: no service "far": there are api, apron`}, keyLine()},
		{"rxyz\x1b", nil, nil, keyLine()},
		{"r", nil, nil, "restart: ▏ api · apron (Enter; Esc leaves)"},
		{"rap", nil, nil, "restart: ap▏ api · apron (Enter; Esc leaves)"},
		{"rü\x01", nil, nil, "restart: ▏ api · apron (Enter; Esc leaves)"},
		{"rno", nil, nil, "restart: no▏ no such service (Esc leaves)"},
	} {
		var restarted []string
		var out said
		k := &keys{current: newCurrent(newSetup(loaded(t, text), nil)), bus: &bus, say: out.say, restart: func(by event.Cause, names ...string) error {
			if by.By != event.Key {
				t.Errorf("asked by %v", by.By)
			}
			restarted = append(restarted, names...)
			return nil
		}}
		for _, key := range c.typed {
			k.press(key)
		}
		if !slices.Equal(restarted, c.restarted) || k.line() != c.line {
			t.Errorf("%q: restarted %q, want %q; line %q, want %q", c.typed, restarted, c.restarted, k.line(), c.line)
		}
		out.take(t, c.said...)
	}
}

// C6: the other keys.
func TestEachKeyDoesWhatItsHelpSays(t *testing.T) {
	var out said
	var screen bytes.Buffer
	var did []string
	k := &keys{
		current: newCurrent(newSetup(loaded(t, planned), nil)), say: out.say, out: &screen,
		browse: func(url string) { did = append(did, "browse "+url) },
		clear:  func() { did = append(did, "clear") },
		quit:   func() { did = append(did, "quit") },
	}
	for _, key := range "ocq\rx\t\x1b" {
		k.press(key)
	}
	if want := []string{"browse http://localhost:3000", "clear", "quit"}; !slices.Equal(did, want) || screen.String() != "\n" {
		t.Errorf("did %q, want %q; screen %q", did, want, screen.String())
	}
	out.take(t, ": opening http://localhost:3000")
	k.press('h')
	k.press('?')
	out.take(t, ": "+keyHelp(), ": "+keyHelp())
}
