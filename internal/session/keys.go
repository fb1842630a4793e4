package session

import (
	"fmt"
	"io"
	"strings"

	"devgate/internal/event"
)

// keys is what the keys of devgate's terminal do. One goroutine presses them.
type keys struct {
	current   *current
	bus       *event.Bus
	say       say
	restart   func(by event.Cause, names ...string) error
	browse    func(url string)
	clear     func()    // the screen
	out       io.Writer // the screen
	quit      func()
	dashboard func() string                       // its URL, or ""
	show      func(names ...string)               // only what these print; without names, all
	shown     func() (names []string, hidden int) // what is shown, and how many lines are not

	asking *prompt // for names, after r or l; nil: each key is one
	typed  string
}

// key is one of them.
type key struct {
	runes string // any of which is the key; "": only explained
	name  string // in the help, or "" where the footer says enough
	word  string // in the footer, or ""
	help  string
	press func(*keys)
}

// keyTable is all keys, in the order in which they are shown.
// A function, as the table's methods refer to it.
func keyTable() []key {
	return append([]key{
		{"r", "r", "restart", "restart: then a name, or Enter for all; Tab completes, Esc leaves", func(k *keys) { k.ask(restartPrompt()) }},
		{"l", "l", "show", "show only what some services print: names, or Enter for all", func(k *keys) { k.ask(showPrompt()) }},
		{"o", "o", "open", "open the project in the browser", (*keys).open},
		{"d", "d", "dashboard", "open the dashboard in the browser", (*keys).openDashboard},
		{"c", "c", "clear", "clear the screen", func(k *keys) { k.clear() }},
		{"h?", "", "help", "", func(k *keys) { k.say("", keyHelp()) }},
		{"\r\n", "Enter", "", "an empty line, to find this place again", func(k *keys) { io.WriteString(k.out, "\n") }},
		{"q", "q", "quit", "quit: stop everything (as Ctrl-C; exit code 0)", func(k *keys) { k.quit() }},
	}, jobKeys()...)
}

// keyLine is the footer while nothing is typed.
func keyLine() string {
	var words []string
	for _, key := range keyTable() {
		if key.word != "" {
			words = append(words, key.runes[:1]+" "+key.word)
		}
	}
	return strings.Join(words, " · ")
}

func keyHelp() string {
	lines := []string{"keys:"}
	for _, key := range keyTable() {
		if key.name != "" {
			lines = append(lines, fmt.Sprintf("  %-6s %s", key.name, key.help))
		}
	}
	return strings.Join(lines, "\n")
}

// press does what a key is for.
func (k *keys) press(r rune) {
	if k.asking != nil {
		k.typeName(r)
		return
	}
	// Nothing else is a key: letters that somebody types by mistake do nothing.
	for _, key := range keyTable() {
		if strings.ContainsRune(key.runes, r) {
			key.press(k)
		}
	}
}

// line is the footer's text.
func (k *keys) line() string {
	if k.asking != nil {
		return k.asked()
	}
	names, hidden := k.shown()
	if len(names) == 0 {
		return keyLine()
	}
	text := "only " + strings.Join(names, ", ")
	if hidden > 0 {
		text += " (" + count(hidden, "line") + " hidden)"
	}
	return text + " · " + keyLine()
}

func (k *keys) open() { k.openPage(k.current.setup().URL) }

func (k *keys) openDashboard() {
	url := k.dashboard()
	if url == "" {
		k.say("", "there is no dashboard: "+k.current.setup().Path+" says dashboard = false")
		return
	}
	k.openPage(url)
}

func (k *keys) openPage(url string) {
	k.say("", "opening "+url)
	k.browse(url)
}
