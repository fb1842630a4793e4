//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ask sends a request through the gateway as an app does.
func (b *page) ask(p *project, method, path, body string) {
	b.t.Helper()
	r, err := http.NewRequest(method, p.url(path), strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer secret-of-the-client")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	got.Body.Close()
}

// listed are the paths in the list, the newest first.
func (b *page) listed() string {
	b.t.Helper()
	return b.js(`[...document.querySelectorAll('#rows [data-field="path"]')].map((e) => e.textContent).join(" ")`)
}

func (b *page) lists(want string) {
	b.t.Helper()
	got := ""
	b.t.Cleanup(func() {
		if got != want {
			b.t.Logf("listed is %q", got)
		}
	})
	eventually(b.t, "the list is not "+want, func() bool { got = b.listed(); return got == want })
}

// D1: who answered what, and why: live, and what somebody looks for.
func TestTheDashboardListsRequests(t *testing.T) {
	p := newShop(t, "")
	g := p.ready("2 backends")
	b := p.openDashboard("/requests")
	b.awaitText("No request has come through the gateway yet")
	b.ask(p, "GET", "/", "")
	b.lists("/")
	b.ask(p, "POST", "/api/users?a=<b>", `{"name":"Alan"}`)
	b.ask(p, "GET", "/api/broken", "")
	b.ask(p, "GET", "/api/none", "")
	all := "/api/none /api/broken /api/users?a=<b> /"
	b.lists(all)
	b.awaitText("api 404", "web 404", "→", "4 requests")
	if got := b.js(`[...document.querySelectorAll("#rows tr:first-child rect")].map((e) => e.getAttribute("class")).join()`); got != "refused,refused" {
		t.Errorf("the bars are %q", got)
	}

	b.enter("searchbox", "Path", "users")
	b.lists("/api/users?a=<b>")
	b.enter("searchbox", "Path", "")
	b.enter("textbox", "Status", "5xx, 404")
	b.lists("/api/none /api/broken")
	b.enter("textbox", "Status", "many")
	b.awaitText("want statuses such as 404 or 5xx")
	b.enter("textbox", "Status", "")
	b.click("checkbox", "Errors only")
	b.lists("/api/none /api/broken")
	b.click("checkbox", "Errors only")
	b.lists(all)
	b.call("DOM.focus", map[string]any{"backendNodeId": b.the("combobox", "Backend")}, nil)
	b.key("ArrowDown") // api
	b.lists("/api/none /api/broken /api/users?a=<b>")
	b.key("Home")
	b.lists(all)

	b.click("button", "Pause")
	b.ask(p, "GET", "/later", "")
	b.the("button", `Resume \(1 new\)`)
	b.lists(all)
	b.click("button", `Resume \(1 new\)`)
	b.lists("/later " + all)
	b.isQuiet()
	g.down()
}

// D1, D2: one request: what went over the wire, what each backend said, what was
// printed meanwhile, and it once more.
func TestTheDashboardShowsARequest(t *testing.T) {
	p := newShop(t, "")
	g := p.ready("2 backends")
	b := p.openDashboard("/requests")
	b.awaitText("No request") // from here on somebody looks
	b.ask(p, "POST", "/api/users?it's=<b>", `{"name":"Al'an"}`)
	b.ask(p, "GET", "/api/none", "")
	b.ask(p, "GET", "/logo.png", "")
	b.lists("/logo.png /api/none /api/users?it's=<b>")

	b.click("link", "/logo.png")
	b.the("heading", "GET /logo.png")
	b.the("image", "Body of the answer")
	eventually(t, "the picture is not shown", func() bool { return b.js(`document.querySelector("img.body").naturalWidth`) == "1" })

	b.goTo("/requests")
	b.click("link", "/api/none")
	b.the("heading", "GET /api/none")
	b.click("DisclosureTriangle", "What api answered: 404")
	b.awaitText("api: nothing at /api/none", "web: nothing at /api/none")
	b.the("rowheader", "api")
	if row := b.js(`document.querySelector(".answers tbody tr").textContent`); !strings.HasPrefix(row, "api404") {
		t.Errorf("the first row of answers says %q", row)
	}

	b.goTo("/requests")
	b.click("link", `/api/users\?it's=<b>`)
	b.the("heading", `POST /api/users\?it's=<b>`)
	b.awaitText("Al'an", `"<b>Ada</b>"`, "POST /api/users?it's=<b> {", "Content-Type", "200")
	b.isSecret(t)
	b.theDashboardReplays(t, p)
	b.isQuiet()
	g.down()
}

// isSecret: what opens doors is shown only to who asks for it.
func (b *page) isSecret(t *testing.T) {
	t.Helper()
	hidden := b.text()
	b.click("link", "Show secrets")
	b.awaitText("Bearer secret-of-the-client", "session=secret-of-the-api")
	b.click("link", "Hide secrets")
	b.the("link", "Show secrets")
	for _, text := range []string{hidden, b.text(), b.js(`fetch("/requests.har").then((r) => r.text())`), b.js(`fetch(location.pathname + "/har").then((r) => r.text())`)} {
		if text == "" || strings.Contains(text, "secret-of") {
			t.Errorf("a secret is in %.3000s", text)
		}
	}
}

// theDashboardReplays sends the request of the page again, in every way.
func (b *page) theDashboardReplays(t *testing.T, p *project) {
	t.Helper()
	first := b.js("location.pathname")
	b.click("button", "Copy as cURL")
	b.the("button", "Copied")
	command := exec.Command("sh", "-c", b.js("navigator.clipboard.readText()"))
	if out, err := command.Output(); err != nil || string(out) != `{"users":["<b>Ada</b>","Grace"]}` {
		t.Errorf("%v: %s\n%s", err, out, command)
	}
	// A POST is sent again only where somebody has said that it may be.
	b.click("button", "Replay")
	if b.js("location.pathname") != first {
		t.Error("it was sent again unasked")
	}
	b.click("checkbox", "a POST may change something: send it again")
	b.click("button", "Replay")
	eventually(t, "the replay is not shown", func() bool {
		now := b.js("location.pathname")
		return now != first && strings.HasPrefix(now, "/requests/")
	})
	b.awaitText("Al'an", "api", "200")
	second := b.js("location.pathname")

	b.click("checkbox", "a POST may change something: send it again")
	b.call("DOM.focus", map[string]any{"backendNodeId": b.the("combobox", "to")}, nil)
	b.key("End") // web
	b.click("button", "Replay")
	eventually(t, "the replay to web is not shown", func() bool {
		now := b.js("location.pathname")
		return now != second && strings.HasPrefix(now, "/requests/")
	})
	b.awaitText("web: nothing at /api/users", "404")
	if got := b.js(`[...document.querySelectorAll(".answers tbody th")].map((e) => e.textContent).join()`); got != "web" {
		t.Errorf("asked was %q", got)
	}
	b.isArchived(t)
}

// isArchived: all requests as a file that other programs read.
func (b *page) isArchived(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	b.call("Browser.setDownloadBehavior", map[string]any{"behavior": "allow", "downloadPath": dir}, nil)
	b.goTo("/requests")
	b.click("link", "Download HAR")
	var text []byte
	eventually(t, "nothing is downloaded", func() bool {
		text, _ = os.ReadFile(filepath.Join(dir, "requests.har"))
		return json.Valid(text) && len(text) > 0
	})
	isHAR(t, text)
	if !bytes.Contains(text, []byte(`"_cascade"`)) || bytes.Contains(text, []byte("secret-of")) {
		t.Errorf("%s", text)
	}
}

// isHAR holds an archive against the published schema of HAR 1.2.
func isHAR(t *testing.T, text []byte) {
	t.Helper()
	dir, err := checkers()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "node_modules", "har-schema", "lib", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema: %v", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(source))
		if err == nil {
			err = compiler.AddResource("https://har.test/"+filepath.Base(file), schema)
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	schema, err := compiler.Compile("https://har.test/har.json")
	if err != nil {
		t.Fatal(err)
	}
	archive, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err == nil {
		err = schema.Validate(archive)
	}
	if err != nil {
		t.Errorf("not HAR 1.2: %v", err)
	}
}
