//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// D1: a person looks at the processes, and stops, starts and restarts one. Nothing
// of it needs a reload.
func TestTheDashboardShowsProcesses(t *testing.T) {
	p := newShop(t, "[gate]\ncommand = \"sleep 1000\"\nready = { exec = \"test -e open\" }\n\n[late]\ncommand = \"sleep 1000\"\nafter = [\"gate\"]\n")
	g := p.up()
	g.out.await(t, `^devgate: shop .* dashboard http://localhost:\d+$`)
	eventually(t, "api is not ready", func() bool { return p.state("api") == "ready" })
	b := p.openDashboard("/")
	b.awaitText("api backend", "ready", "late worker", "waiting", "for gate")
	b.js(`globalThis.loaded = "once"`)
	if app := b.js(`document.querySelector('[aria-label="Open api"]').href`); app != "http://api.localhost:"+p.ports["GATEWAY"]+"/" {
		t.Errorf("api is at %q", app)
	}
	b.click("link", "gate")
	if b.js("location.hash") != "#service-gate" {
		t.Errorf("the link leads to %s", b.js("location.href"))
	}
	p.write("open", "")
	eventually(t, "late is not shown as ready", func() bool { return b.row("late", "state") == "ready" && b.row("late", "waits") == "" })

	pid := p.pidOf("api")
	b.click("button", "Restart api")
	eventually(t, "the new process is not shown", func() bool {
		now := p.pidOf("api")
		return now != 0 && now != pid && b.row("api", "pid") == fmt.Sprint(now) && b.row("api", "state") == "ready" && b.row("api", "restarts") == "1"
	})
	b.click("button", "Stop api")
	eventually(t, "api is not shown as stopped", func() bool { return b.row("api", "state") == "stopped" && b.row("api", "pid") == "" })
	b.gone("button", "Stop api")
	b.click("button", "Start api")
	eventually(t, "api is not shown as ready", func() bool { return b.row("api", "state") == "ready" && p.state("api") == "ready" })
	eventually(t, "no uptime is shown", func() bool { return b.row("api", "uptime") >= "1s" })

	// A new service, and one less, come without a reload, too.
	p.replace("Devgatefile", "[late]", "[later]")
	eventually(t, "later is not shown", func() bool { return b.row("later", "state") == "ready" && b.row("late", "state") == "" })
	b.the("button", "Restart later")
	if b.js("globalThis.loaded") != "once" {
		t.Error("the page was loaded again")
	}
	b.click("link", "Log of api")
	b.awaitText("api listens")
	if got := b.js("location.search"); got != "?service=api" {
		t.Errorf("the link leads to %s", got)
	}
	b.isQuiet()
	g.down()
}

// Is it me or the server: the last change, restart and failure of each service come by
// themselves, also to a row that is new, and stay when all is well again.
func TestTheDashboardShowsWhatHappenedLast(t *testing.T) {
	p := newShop(t, "[job]\ncommand = \"if grep -q bad job.txt; then exit 3; fi; exec sleep 1000\"\nwatch = [\"job.txt\"]\n")
	p.write("job.txt", "good")
	g := p.ready("2 backends")
	b := p.openDashboard("/")
	b.awaitText("job worker")
	if got := b.past("job", "change") + b.past("job", "restart") + b.past("job", "failure"); got != "" {
		t.Errorf("nothing has happened, and it says %q", got)
	}
	b.js(`globalThis.loaded = "once"`)
	p.write("job.txt", "bad")
	eventually(t, "no failure is shown", func() bool {
		return strings.HasSuffix(b.past("job", "change"), "s ago: job.txt") && strings.HasSuffix(b.past("job", "restart"), "s ago: it had ended: exit status 3") &&
			strings.HasSuffix(b.past("job", "failure"), "s ago: exit status 3, 3 times in a row")
	})
	p.write("job.txt", "good again")
	eventually(t, "it is not shown as well again", func() bool {
		return b.row("job", "state") == "ready" && strings.HasSuffix(b.past("job", "restart"), "s ago: job.txt changed") && strings.Contains(b.past("job", "failure"), "3 times in a row")
	})
	eventually(t, "the time stands still", func() bool { return b.past("job", "restart") > "restart 1s" })
	p.replace("Devgatefile", "[job]", "[later]")
	eventually(t, "a new row says nothing", func() bool { return strings.Contains(b.past("later", "change"), "Devgatefile or env file") })
	if b.js("globalThis.loaded") != "once" {
		t.Error("the page was loaded again")
	}
	b.isQuiet()
	g.down()
}

// past is what a person sees of one of the things that have happened last.
func (b *page) past(service, what string) string {
	b.t.Helper()
	return b.js(fmt.Sprintf(`document.querySelector('#service-%s [data-past="%s"]:not([hidden])')?.innerText ?? ""`, service, what))
}

// state is that of a service.
func (p *project) state(name string) string {
	for _, s := range p.status() {
		if s.Name == name {
			return s.State
		}
	}
	return ""
}

// row is a field of a service's row; "" where there is none.
func (b *page) row(service, field string) string {
	b.t.Helper()
	return b.js(fmt.Sprintf(`document.querySelector('#service-%s [data-field="%s"]')?.textContent ?? ""`, service, field))
}

// D1: everything from the keyboard alone: each thing is reached by Tab, is seen to
// have the focus, and does what it does; no place keeps the focus.
func TestTheDashboardFromTheKeyboard(t *testing.T) {
	p := newShop(t, "")
	g := p.ready("2 backends")
	b := p.openDashboard("/")
	b.tabTo("link Skip to content")
	b.key("Enter")
	b.tabTo("button Restart api")
	pid := p.pidOf("api")
	b.key("Enter")
	eventually(t, "api is not restarted", func() bool { return p.pidOf("api") != pid && b.row("api", "state") == "ready" })
	if got := b.focused(); got != "button Restart api" {
		t.Errorf("afterwards the focus is on %q", got)
	}
	// A button that gives way hands the focus on.
	b.tabTo("button Stop api")
	b.key(" ")
	eventually(t, "api is not stopped", func() bool { return b.row("api", "state") == "stopped" && b.focused() == "button Start api" })
	b.key("Enter")
	eventually(t, "api is not started", func() bool { return b.row("api", "state") == "ready" })

	b.tabTo("link Logs")
	b.key("Enter")
	b.tabTo("checkbox api")
	b.awaitText("web listens", "api listens")
	b.key(" ")
	eventually(t, "lines of api stay", func() bool { return !strings.Contains(b.text(), "api listens") })
	b.key(" ")
	b.tabTo("searchbox Filter")
	b.call("Input.insertText", map[string]any{"text": "JOB"}, nil)
	eventually(t, "the filter does nothing", func() bool { return !strings.Contains(b.text(), "web listens") })
	b.tabTo("button Pause")
	b.key("Enter")
	b.the("button", `Resume \([\d,]+ new\)`)
	b.tabTo("region Log lines")
	b.key("Home")
	b.tabTo("link Skip to content|rootwebarea .*") // behind the last, the first again

	http.Get(p.url("/api/users"))
	b.tabTo("link Requests")
	b.key("Enter")
	b.tabTo("link /api/users")
	b.key("Enter")
	b.the("heading", "GET /api/users")
	b.tabTo("button Replay")
	first := b.js("location.pathname")
	b.key("Enter")
	eventually(t, "the replay is not shown", func() bool {
		return strings.HasPrefix(b.js("location.pathname"), "/requests/") && b.js("location.pathname") != first
	})
	b.isQuiet()
	g.down()
}

// D1, D2: each page in light and dark, narrow and wide: axe-core finds nothing, the
// console stays empty, the policy is kept, and the window is wide enough.
func TestTheDashboardIsAccessible(t *testing.T) {
	p := newShop(t, "[crash]\ncommand = \"echo last words; exit 3\"\n\n[late]\ncommand = \"sleep 1000\"\nafter = [\"never\"]\n\n[never]\ncommand = \"sleep 1000\"\nready = { exec = \"false\" }\n")
	g := p.up()
	g.out.await(t, `^devgate: shop `)
	eventually(t, "the services do not come up", func() bool {
		return p.state("api") == "ready" && p.state("web") == "ready" && p.state("crash") == "failed"
	})
	b := p.openDashboard("/")
	for _, path := range []string{"/", "/logo.png", "/api/users", "/api/broken", "/nowhere?with=a&long=" + strings.Repeat("query", 20)} {
		got, err := http.Get(p.url(path))
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
	}
	got, err := http.Post(p.url("/api/users"), "application/json", strings.NewReader(`{"name":"Alan"}`))
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{320, 1200} {
			b.emulate(scheme, width, 800)
			for name, path := range map[string]string{"processes": "/", "logs": "/logs", "requests": "/requests", "request": "/requests/3", "picture": "/requests/2", "post": "/requests/6"} {
				b.goTo(path)
				if name == "logs" {
					b.awaitText("job")
				}
				where := fmt.Sprintf("dashboard-%s-%s-%d", name, scheme, width)
				b.isAccessible(where)
				b.shoot(where)
				b.isQuiet()
			}
		}
	}
	g.down()
}

// D1: without JavaScript, a page says how things are, and its buttons work.
func TestTheDashboardWithoutJavaScript(t *testing.T) {
	p := newShop(t, "")
	g := p.ready("2 backends")
	got, err := http.Get(p.url("/api/users"))
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	b := p.openDashboard("/")
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.goTo("/")
	pid := p.pidOf("web")
	b.click("button", "Restart web")
	eventually(t, "web is not restarted", func() bool { return p.pidOf("web") != pid && p.state("web") == "ready" })
	b.goTo("/logs?service=work")
	b.awaitText("ERROR no queue", "green and <b>plain</b>")
	if strings.Contains(b.text(), "api listens") {
		t.Error("lines of others are shown")
	}
	b.goTo("/requests")
	b.click("link", "/api/users")
	b.the("heading", "GET /api/users")
	b.awaitText("api")
	b.isQuiet()
	g.down()
}

// A page of a devgate that has ended says so, and is that of the next one by itself.
func TestTheDashboardOutlivesDevgate(t *testing.T) {
	p := newShop(t, "")
	p.write("Devgatefile", strings.Replace(p.text("Devgatefile"), "name = \"shop\"\n", "name = \"shop\"\ndashboard = $P3\n", 1))
	g := p.ready("2 backends")
	b := p.openDashboard("/")
	b.awaitText("api backend")
	g.down()
	b.awaitText("devgate does not answer; trying again")
	b.complaints = nil // that nobody has answered
	g = p.ready("2 backends")
	eventually(t, "the page does not come back", func() bool {
		return !strings.Contains(b.text(), "does not answer") && b.row("api", "pid") == fmt.Sprint(p.pidOf("api"))
	})
	b.click("button", "Restart api") // with the token of this devgate
	eventually(t, "api is not restarted", func() bool { return b.row("api", "restarts") == "1" })
	g.down()
}

// text is that of a file.
func (p *project) text(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}
