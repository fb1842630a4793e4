//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// axe is the script of axe-core, which knows the rules by which pages are accessible
// to everybody (WCAG 2.2, level AA). Only tests of pages install it.
var axe = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(filepath.Dir(made.devgate), "axe")
	if err := os.CopyFS(dir, os.DirFS("testdata/axe")); err != nil {
		return "", err
	}
	if err := npmCI(dir); err != nil {
		return "", err
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	return string(script), err
})

// mustBeAccessible fails where axe-core finds anything at all on the page.
func (b *tab) mustBeAccessible(name string) {
	b.t.Helper()
	script, err := axe()
	if err != nil {
		b.t.Fatal(err)
	}
	var found string
	// A page that reloads takes the script with it.
	eventually(b.t, name+": axe does not end", func() bool {
		found = b.js(script + `; axe.run(document, {resultTypes: ["violations"]}).then(r =>
			JSON.stringify(r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html).join(" | "))))`)
		return found != ""
	})
	var list []string
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		b.t.Fatalf("%s: axe says %q: %v", name, found, err)
	}
	for _, violation := range list {
		b.t.Errorf("%s: %s", name, violation)
	}
}

// look sets the window's width and the colours that the person prefers.
func (b *tab) look(width int, scheme string) {
	b.t.Helper()
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// listen has the browser tell what it writes to its console.
func (b *tab) listen() {
	b.t.Helper()
	b.call("Runtime.enable", nil, nil)
	b.call("Log.enable", nil, nil)
}

// complaint is an event of the console.
type complaint struct {
	Method string
	Params struct {
		Type  string // of a call of console
		Entry struct{ Source, Level, Text, URL string }
		Args  []struct{ Value any }
	}
}

// mustBeQuiet fails where the console has an error, an exception or a violation of the
// page's policy. That the page itself has a status of 400 or more is none.
func (b *tab) mustBeQuiet(name string) {
	b.t.Helper()
	b.js("1") // what was said before has arrived
	here := b.js("location.href")
	for _, text := range b.events {
		var c complaint
		json.Unmarshal([]byte(text), &c)
		entry := c.Params.Entry
		switch {
		case c.Method == "Runtime.exceptionThrown", c.Method == "Runtime.consoleAPICalled" && c.Params.Type == "error":
		case c.Method == "Log.entryAdded" && entry.Level == "error" && !(entry.Source == "network" && entry.URL == here):
		default:
			continue
		}
		b.t.Errorf("%s: the console says: %s", name, text)
	}
	b.events = nil
}

// bothLooks shows the page to all eyes: light and dark, narrow and wide.
func bothLooks(t *testing.T, b *tab, name string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{320, 1280} {
			b.look(width, scheme)
			b.shoot(strings.Join([]string{name, scheme, map[int]string{320: "narrow", 1280: "wide"}[width]}, "-"))
		}
		b.mustBeAccessible(name + ", " + scheme)
	}
}
