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
		{"rapi, work\r", []string{"api", "work"}, []string{"api: restart asked for", "work: restart asked for"}, keyLine()},
		{"rapi no\r", nil, []string{`: no service "no": there are api, apron`}, keyLine()}, // all or none
		{"rapi ap\tr", nil, nil, "restart: api apr▏ apron (Enter; Esc leaves)"},
	} {
		var restarted []string
		var out said
		k := &keys{current: newCurrent(newSetup(loaded(t, text), nil)), bus: &bus, say: out.say, shown: nothingHidden, restart: func(by event.Cause, names ...string) error {
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

func nothingHidden() ([]string, int) { return nil, 0 }

// C6: what l shows, and how the footer tells it. A remote service prints nothing.
func TestWhatIsShownIsAskedForAndTold(t *testing.T) {
	const all = "show only: ▏ api · web · work (Enter: all; Esc leaves)"
	for _, c := range []struct {
		typed string
		shown [][]string
		said  []string
		line  string
	}{
		{"l", nil, nil, all},
		{"lw", nil, nil, "show only: w▏ web · work (Enter; Esc leaves)"},
		{"lweb ", nil, nil, "show only: web ▏ api · web · work (Enter; Esc leaves)"},
		{"lapi\r", [][]string{{"api"}}, nil, "only api · " + keyLine()},
		{"lwe,api\r", [][]string{{"web", "api"}}, nil, "only web, api · " + keyLine()},
		{"lapi\rl\r", [][]string{{"api"}, nil}, nil, keyLine()},
		{"lapi\rlweb\x1b", [][]string{{"api"}}, nil, "only api · " + keyLine()},
		{"lw\r", nil, []string{`: "w" may be web or work`}, keyLine()},
		{"lfar\r", nil, []string{`: no service "far": there are api, web, work`}, keyLine()},
	} {
		var out said
		var shown [][]string
		k := &keys{current: newCurrent(newSetup(loaded(t, planned), nil)), bus: &event.Bus{}, say: out.say}
		k.show = func(names ...string) { shown = append(shown, names) }
		k.shown = func() ([]string, int) {
			if len(shown) == 0 {
				return nil, 0
			}
			return shown[len(shown)-1], 0
		}
		for _, key := range c.typed {
			k.press(key)
		}
		if !slices.EqualFunc(shown, c.shown, slices.Equal) || k.line() != c.line {
			t.Errorf("%q: shown %q, want %q; line %q, want %q", c.typed, shown, c.shown, k.line(), c.line)
		}
		out.take(t, c.said...)
	}
	for hidden, want := range map[int]string{0: "only api · ", 1: "only api (1 line hidden) · ", 1204: "only api (1204 lines hidden) · "} {
		k := &keys{shown: func() ([]string, int) { return []string{"api"}, hidden }}
		if got := k.line(); got != want+keyLine() {
			t.Errorf("%d lines: %q", hidden, got)
		}
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
