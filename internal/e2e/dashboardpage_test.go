//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// checkers is the folder with the modules of testdata/dashboard; TestMain removes it.
var checkers = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(filepath.Dir(made.devgate), "dashboard")
	if err := os.CopyFS(dir, os.DirFS("testdata/dashboard")); err != nil {
		return "", err
	}
	return dir, npmCI(dir)
})

// shopTables are the servers of testdata/dashboard/shop.mjs.
const shopTables = `name = "shop"
port = $GATEWAY

[api]
command = ["node", "shop.mjs", "api"]
port = $P1
paths = ["/api/*"]

[web]
command = ["node", "shop.mjs", "web"]
port = $P2

[work]
command = ["node", "shop.mjs", "work"]
`

// newShop is a project with the servers of testdata/dashboard, and more tables.
func newShop(t *testing.T, more string) *project {
	t.Helper()
	p := emptyProject(t)
	text, err := os.ReadFile("testdata/dashboard/shop.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.path("shop.mjs"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	p.write("Devgatefile", shopTables+more)
	return p
}

// dashboard is the URL of the dashboard, as status tells it.
func (p *project) dashboard() string {
	p.t.Helper()
	var status struct{ Dashboard string }
	if err := json.Unmarshal([]byte(p.must("status", "--json")), &status); err != nil || status.Dashboard == "" {
		p.t.Fatalf("%+v, %v", status, err)
	}
	return status.Dashboard
}

// page is a tab as a person uses it: things are found by what they are called.
type page struct {
	*tab
	base string
}

// openDashboard shows a path of a project's dashboard. Until the end of the test
// nothing may be wrong in the browser's console.
func (p *project) openDashboard(path string) *page {
	p.t.Helper()
	b := &page{openTab(p.t), p.dashboard()}
	for _, domain := range []string{"Runtime", "Log", "Page", "DOM", "Accessibility"} {
		b.call(domain+".enable", nil, nil)
	}
	b.call("Browser.grantPermissions", map[string]any{"permissions": []string{"clipboardReadWrite", "clipboardSanitizedWrite"}}, nil)
	b.goTo(path)
	return b
}

// goTo shows another page, and waits for it.
func (b *page) goTo(path string) {
	b.t.Helper()
	b.visit(b.base + path)
	eventually(b.t, "the page does not load: "+path, func() bool {
		return b.js("document.readyState") == "complete" && strings.HasPrefix(b.js("location.href"), b.base)
	})
}

// isQuiet fails when the browser has complained of anything: an exception, an
// answer that is no success, the policy.
func (b *page) isQuiet() {
	b.t.Helper()
	b.js("1") // what was said until now has come
	for _, text := range b.complaints {
		b.t.Errorf("the console says: %s", text)
	}
	b.complaints = nil
}

// find returns the things of a role and name that a screen reader would find.
func (b *page) find(role, name string) (ids []int) {
	b.t.Helper()
	var document struct{ Root struct{ BackendNodeID int } }
	if b.inspect("DOM.getDocument", map[string]any{"depth": 0}, &document) != nil {
		return nil // the page changes
	}
	var got struct {
		Nodes []struct {
			BackendDOMNodeID int
			Ignored          bool
			Name             struct{ Value string }
		}
	}
	if b.inspect("Accessibility.queryAXTree", map[string]any{"backendNodeId": document.Root.BackendNodeID, "role": role}, &got) != nil {
		return nil
	}
	want := regexp.MustCompile("^(?:" + name + ")$")
	for _, n := range got.Nodes {
		if !n.Ignored && want.MatchString(strings.TrimSpace(n.Name.Value)) {
			ids = append(ids, n.BackendDOMNodeID)
		}
	}
	return ids
}

// the waits for the one thing of a role and name.
func (b *page) the(role, name string) (id int) {
	b.t.Helper()
	var all []int
	eventually(b.t, fmt.Sprintf("there is not one %s %q", role, name), func() bool {
		all = b.find(role, name)
		return len(all) == 1
	})
	return all[0]
}

// gone waits until there is none.
func (b *page) gone(role, name string) {
	b.t.Helper()
	eventually(b.t, fmt.Sprintf("%s %q stays", role, name), func() bool { return len(b.find(role, name)) == 0 })
}

// click presses the mouse on something.
func (b *page) click(role, name string) {
	b.t.Helper()
	// It may be redrawn between the look and the click: then once more.
	eventually(b.t, fmt.Sprintf("%s %q cannot be clicked", role, name), func() bool {
		ids := b.find(role, name)
		if len(ids) != 1 {
			return false
		}
		x, y, ok := b.middle(ids[0])
		if ok {
			for _, what := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
				b.call("Input.dispatchMouseEvent", map[string]any{"type": what, "x": x, "y": y, "button": "left", "clickCount": 1}, nil)
			}
		}
		return ok
	})
}

// middle is where something is, once it has been scrolled to.
func (b *page) middle(id int) (x, y float64, ok bool) {
	if b.try("DOM.scrollIntoViewIfNeeded", map[string]any{"backendNodeId": id}, nil) != nil {
		return 0, 0, false
	}
	var got struct{ Quads [][]float64 }
	if b.try("DOM.getContentQuads", map[string]any{"backendNodeId": id}, &got) != nil || len(got.Quads) == 0 {
		return 0, 0, false
	}
	q := got.Quads[0]
	return (q[0] + q[4]) / 2, (q[1] + q[5]) / 2, true
}

// enter writes a text into a field, in place of what is there.
func (b *page) enter(role, name, text string) {
	b.t.Helper()
	b.call("DOM.focus", map[string]any{"backendNodeId": b.the(role, name)}, nil)
	b.js("document.activeElement.select()")
	if text == "" {
		b.key("Delete")
		return
	}
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// keys are the codes of those that are pressed.
var keys = map[string]struct {
	code int
	text string
}{"Tab": {9, ""}, "Enter": {13, "\r"}, " ": {32, " "}, "Delete": {46, ""}, "ArrowDown": {40, ""}, "End": {35, ""}, "Home": {36, ""}, "PageUp": {33, ""}, "Escape": {27, ""}}

// key presses a key.
func (b *page) key(name string) {
	b.t.Helper()
	k := keys[name]
	down := map[string]any{"type": "keyDown", "key": name, "windowsVirtualKeyCode": k.code}
	if k.text != "" {
		down["text"] = k.text
	}
	b.call("Input.dispatchKeyEvent", down, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": name, "windowsVirtualKeyCode": k.code}, nil)
}

// focused is what has the focus, by role and name.
func (b *page) focused() string {
	b.t.Helper()
	var object struct{ Result struct{ ObjectID string } }
	b.try("Runtime.evaluate", map[string]any{"expression": "document.activeElement"}, &object)
	var got struct {
		Nodes []struct {
			Role, Name struct{ Value string }
		}
	}
	err := b.try("Accessibility.getPartialAXTree", map[string]any{"objectId": object.Result.ObjectID, "fetchRelatives": false}, &got)
	if err != nil || len(got.Nodes) == 0 { // the page changes
		return ""
	}
	return strings.ToLower(got.Nodes[0].Role.Value) + " " + got.Nodes[0].Name.Value
}

// tabTo goes to something with the Tab key alone, and shows that it is seen there.
func (b *page) tabTo(what string) {
	b.t.Helper()
	var passed []string
	for range 80 {
		b.key("Tab")
		now := b.focused()
		if regexp.MustCompile("^(?:" + what + ")$").MatchString(now) {
			if b.js("getComputedStyle(document.activeElement).outlineStyle") == "none" {
				b.t.Errorf("%s has no outline when it has the focus", now)
			}
			return
		}
		passed = append(passed, now)
	}
	b.t.Fatalf("the Tab key does not lead to %s; it led to %q", what, passed)
}

// emulate sets what a person has chosen in the system: "light" or "dark".
func (b *page) emulate(scheme string, width, height int) {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{
		map[string]string{"name": "prefers-color-scheme", "value": scheme}, map[string]string{"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// isAccessible fails for everything that axe-core finds.
func (b *page) isAccessible(name string) {
	b.t.Helper()
	dir, err := checkers()
	if err != nil {
		b.t.Fatal(err)
	}
	axe, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		b.t.Fatal(err)
	}
	// By way of DevTools: the page's own policy would not let it in.
	b.js(string(axe))
	found := b.js(`axe.run().then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html + " " + n.failureSummary).join("; ")).join("\n") || "nothing: " + r.passes.length)`)
	if !strings.HasPrefix(found, "nothing: ") || found == "nothing: 0" {
		b.t.Errorf("%s: axe finds\n%s", name, found)
	}
}
