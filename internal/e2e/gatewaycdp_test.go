//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// findBrowser is a Chromium. On a Debian machine it is installed where that is
// possible, as Node is.
func findBrowser() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	for range 2 {
		for _, name := range names {
			if path, err := exec.LookPath(name); err == nil {
				return path, nil
			}
		}
		aptGet, err := exec.LookPath("apt-get")
		if err != nil || runtime.GOOS != "linux" || os.Geteuid() != 0 {
			break
		}
		err = errors.Join(inFolder(".", aptGet, "update"), inFolder(".", aptGet, "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"))
		if err != nil {
			return "", fmt.Errorf("install chromium: %w", err)
		}
	}
	return "", errors.New("no browser: install chromium")
}

// tab is a page of a headless browser, driven by the DevTools protocol.
type tab struct {
	*socket
	last       int      // id of the newest command
	events     []string // since the last look at them; none before listen
	complaints []string // that the console has had since they were looked at; see complaint
}

// openTab starts a browser with nothing in it, which ends with the test.
func openTab(t *testing.T) *tab {
	t.Helper()
	program, err := findBrowser()
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1000,700",
		"--host-resolver-rules=MAP evil.test 127.0.0.1", "--remote-debugging-port=0", "--user-data-dir="+data, "about:blank")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said transcript
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { endBrowser(t, cmd, data) })
	var address string
	eventually(t, "the browser does not listen", func() bool {
		text, _ := os.ReadFile(filepath.Join(data, "DevToolsActivePort"))
		port, _, whole := strings.Cut(string(text), "\n")
		address = "localhost:" + port
		return whole
	})
	return &tab{socket: dialPage(t, address)}
}

// endBrowser ends all its processes: those that draw leave the folder only
// then.
func endBrowser(t *testing.T, cmd *exec.Cmd, data string) {
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	cmd.Wait()
	eventually(t, "the browser's folder is still written to", func() bool { return os.RemoveAll(data) == nil })
}

func dialPage(t *testing.T, address string) *socket {
	t.Helper()
	var target struct{ WebSocketDebuggerURL string }
	req, _ := http.NewRequest("PUT", "http://"+address+"/json/new?about:blank", nil)
	got, err := http.DefaultClient.Do(req)
	if err == nil {
		err = json.NewDecoder(got.Body).Decode(&target)
		got.Body.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	_, path, _ := strings.Cut(target.WebSocketDebuggerURL, address)
	s, head := dialSocket(t, address, path, "")
	if s == nil {
		t.Fatalf("DevTools: %s", head.Status)
	}
	return s
}

// call sends a command and decodes its result; events before it are kept.
func (b *tab) call(method string, params map[string]any, result any) {
	b.t.Helper()
	if err := b.try(method, params, result); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
}

// try is call for a command that may not succeed.
func (b *tab) try(method string, params map[string]any, result any) error {
	b.t.Helper()
	err := b.ask(method, params, result, 2*patience)
	if isTimeout(err) {
		b.t.Fatalf("%s: %v", method, err)
	}
	return err
}

// inspect is try for a command that changes nothing. The browser loses one now and then,
// when the page is redrawn: it is sent again.
func (b *tab) inspect(method string, params map[string]any, result any) error {
	b.t.Helper()
	if err := b.ask(method, params, result, patience/4); !isTimeout(err) {
		return err
	}
	b.t.Logf("%s is not answered, and sent again", method)
	return b.try(method, params, result)
}

// ask sends a command once, and waits that long for its answer.
func (b *tab) ask(method string, params map[string]any, result any, limit time.Duration) error {
	b.t.Helper()
	b.last++
	b.conn.SetDeadline(time.Now().Add(limit)) // of one command, not of the test
	text, _ := json.Marshal(map[string]any{"id": b.last, "method": method, "params": params})
	b.send(textFrame, text)
	for {
		_, said, err := b.frame()
		if isTimeout(err) {
			return err
		}
		if err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		var m struct {
			ID                    int
			Method                string
			Result, Error, Params json.RawMessage
		}
		if err := json.Unmarshal([]byte(said), &m); err != nil {
			b.t.Fatalf("%s: %v", method, err)
		}
		if m.ID != b.last {
			b.events = append(b.events, said)
			b.hear(m.Method, m.Params)
			continue
		}
		if m.Error != nil {
			return errors.New(string(m.Error))
		}
		if result != nil {
			json.Unmarshal(m.Result, result)
		}
		return nil
	}
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// hear keeps an event that is a complaint; others are left out.
func (b *tab) hear(method string, params json.RawMessage) {
	var said struct {
		Type  string
		Entry struct{ Level string }
	}
	json.Unmarshal(params, &said)
	switch {
	case method == "Runtime.exceptionThrown", method == "Log.entryAdded" && said.Entry.Level == "error",
		method == "Runtime.consoleAPICalled" && (said.Type == "error" || said.Type == "warning" || said.Type == "assert"):
		b.complaints = append(b.complaints, string(params))
	}
}

// pageChanges reports whether DevTools refuses a command as the page that it was for
// goes while it is carried out.
func pageChanges(err error) bool {
	return strings.Contains(err.Error(), "navigated or closed") || strings.Contains(err.Error(), "context was destroyed") || strings.Contains(err.Error(), "context with specified id")
}

// visit goes to an address, as a user who types it.
func (b *tab) visit(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": url}, nil)
}

// js is the value of an expression, as text; "" while the page changes.
func (b *tab) js(expression string) string {
	b.t.Helper()
	var got struct{ Result struct{ Value any } }
	err := b.try("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &got)
	switch {
	case err != nil && !pageChanges(err):
		b.t.Fatalf("evaluate %.200q: %v", expression, err)
	case err != nil || got.Result.Value == nil:
		return ""
	}
	return fmt.Sprint(got.Result.Value)
}

// text is what a reader of the page sees.
func (b *tab) text() string { b.t.Helper(); return b.js("document.body && document.body.innerText") }

// awaitText waits until the page says all of it, and returns its text.
func (b *tab) awaitText(want ...string) (text string) {
	b.t.Helper()
	defer func() {
		if b.t.Failed() {
			b.t.Logf("the page says:\n%s", text)
		}
	}()
	eventually(b.t, fmt.Sprintf("the page does not say %q", want), func() bool {
		text = b.text()
		for _, w := range want {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	})
	return text
}

// shoot writes a picture of the page into $DEVGATE_E2E_PICTURES, or else into
// the test's folder, and fails when the page is wider than the window.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("DEVGATE_E2E_PICTURES")
	if dir == "" {
		dir = b.t.TempDir()
	}
	var got struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &got)
	picture, err := base64.StdEncoding.DecodeString(got.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		b.t.Errorf("screenshot: %v", err)
	}
	if b.js("document.documentElement.scrollWidth > innerWidth") == "true" {
		b.t.Errorf("%s: the page is wider than the window", name)
	}
}
