package mcp_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"devgate/internal/control"
	"devgate/internal/mcp"
	"devgate/internal/proc"
)

const shop = `port = {GATEWAY}

[api]
command = "serve /api/users=[]"
port = {P1}
paths = ["/api/*"]

[web]
command = "serve /=home"
port = {P2}
`

// D3: a project's whole day, over one connection: before devgate runs, while it does,
// and across its restart.
func TestEveryToolInTheLifeOfAProject(t *testing.T) {
	dir := project(t, shop)
	c := serveRaw(t, dir)

	var check mcp.CheckOut
	text := c.must("check", nil, &check)
	if len(check.Outline.Services) != 2 || check.Outline.Services[0].Name != "api" || !strings.Contains(text, "cascade: api (/api/*) → web → 404") {
		t.Errorf("check: %+v\n%s", check, text)
	}
	for _, tool := range []string{"status", "logs", "requests", "wait_ready"} {
		c.fails(tool, nil, "no devgate runs in "+dir, "call up")
	}
	c.fails("explain_request", map[string]any{"path": "/"}, "no devgate runs in")
	c.fails("stop", map[string]any{"services": []string{"api"}}, "no devgate runs in")
	var down mcp.DownOut
	if c.must("down", nil, &down); down.Stopped {
		t.Error("down has stopped what did not run")
	}

	var up mcp.UpOut
	if c.must("up", nil, &up); up.AlreadyRunning || up.Status.State.String() != "ready" || get(t, up.Status.URL+"/") != "home" {
		t.Fatalf("up: %+v", up)
	}
	first := up.Status.PID
	if text := c.must("up", nil, &up); !up.AlreadyRunning || up.Status.PID != first || !strings.Contains(text, "already running") {
		t.Errorf("a second up: %+v\n%s", up, text)
	}
	theWorkOfADay(t, c, first)

	// Another devgate, and the same server.
	c.must("down", nil, &down)
	if process, alive := proc.Identify(first); !down.Stopped || alive && process.Alive() {
		t.Errorf("down: %+v, and pid %d is alive", down, first)
	}
	c.must("up", nil, &up)
	var status control.Status
	if c.must("status", nil, &status); status.PID == first || status.PID != up.Status.PID {
		t.Errorf("after down and up: pid %d, first %d", status.PID, first)
	}
}

// theWorkOfADay is every tool that needs a devgate.
func theWorkOfADay(t *testing.T, c *rawClient, pid int) {
	t.Helper()
	var status control.Status
	if text := c.must("status", nil, &status); status.PID != pid || len(status.Services) != 2 || !strings.Contains(text, "NAME") {
		t.Errorf("status: %+v\n%s", status, text)
	}
	var explained mcp.ExplainOut
	var requests mcp.RequestsOut
	text := c.must("explain_request", map[string]any{"path": "/api/nope"}, &explained)
	if e := explained.Exchange; e.Status != 404 || len(e.Attempts) != 2 || !strings.Contains(text, "1  api  404") || !strings.Contains(text, "answer: 404 from web") {
		t.Errorf("explain_request: %+v\n%s", e, text)
	}
	if want := "no backend has this route"; explained.Conclusion != want || !strings.Contains(text, "\nso: "+want+"\n") {
		t.Errorf("explain_request concludes %q:\n%s", explained.Conclusion, text)
	}
	if logs := explained.Logs.Lines; len(logs) != 2 || logs[0].Text != "asked for /api/nope" || !strings.Contains(text, " api | asked for /api/nope\n") {
		t.Errorf("explain_request has the lines %+v:\n%s", logs, text)
	}
	// Sent again it is explained alike, and then something close to it was seen.
	get(t, status.URL+"/api/users")
	c.must("explain_request", map[string]any{"path": "/api/user"}, &explained)
	c.must("explain_request", map[string]any{"id": explained.Exchange.ID}, &explained)
	if want := "no backend has this route; closest seen: GET /api/users → api"; explained.Conclusion != want || len(explained.Near) != 1 || explained.Near[0].Path != "/api/users" {
		t.Errorf("sent again: %q, %+v", explained.Conclusion, explained.Near)
	}
	c.must("requests", map[string]any{"path": "/api/nope"}, &requests)
	if len(requests.Requests) != 1 || requests.Requests[0].Status != 404 {
		t.Errorf("requests: %+v", requests)
	}
	if text := c.must("requests", map[string]any{"failed": true, "backend": "api"}, &requests); len(requests.Requests) != 0 || text != "none of the requests that are kept is like that" {
		t.Errorf("failed requests that api answered: %+v %s", requests, text)
	}
	var logs mcp.LogsOut
	text = c.must("logs", map[string]any{"services": []string{"api"}, "grep": "asked for /api/nope"}, &logs)
	if len(logs.Lines) != 1 || logs.Lines[0].Text != "asked for /api/nope" || !strings.Contains(text, " api | asked for /api/nope\n") {
		t.Errorf("logs: %+v\n%s", logs, text)
	}
	c.fails("logs", map[string]any{"services": []string{"apy"}}, `"apy"`, "api", "call status for the names")
	c.fails("logs", map[string]any{"grep": "("}, "grep", "mend the arguments")

	before := pidOf(status, "api")
	c.must("restart", map[string]any{"services": []string{"api"}}, &status)
	if after := pidOf(status, "api"); after == before || after == 0 {
		t.Errorf("restart: pid %d, before %d", after, before)
	}
	c.fails("restart", map[string]any{"services": []string{"apy"}}, `"apy"`, "call status for the names")
	c.must("stop", map[string]any{"services": []string{"api"}}, &status)
	if pid := pidOf(status, "api"); pid != 0 || status.Services[0].State.String() != "stopped" {
		t.Errorf("stop: %+v", status.Services[0])
	}
	c.fails("wait_ready", map[string]any{"services": []string{"api"}}, "api: stopped", "call start for api")
	c.must("start", map[string]any{"services": []string{"api"}}, &status)
	c.must("wait_ready", nil, &status)
	if status.Services[0].State.String() != "ready" {
		t.Errorf("start: %+v", status.Services[0])
	}
}

func pidOf(s control.Status, name string) int {
	for _, service := range s.Services {
		if service.Name == name && service.PID != nil {
			return *service.PID
		}
	}
	return 0
}

func get(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body strings.Builder
	fmt.Fprint(&body, answer.StatusCode, " ")
	if answer.StatusCode == http.StatusOK {
		body.Reset()
	}
	buffer := make([]byte, 1<<16)
	n, _ := answer.Body.Read(buffer)
	body.Write(buffer[:n])
	return body.String()
}

// What fails comes back with its last lines, from each tool that waits; devgate stays,
// and goes on once it is mended.
func TestAFailureComesWithItsLastLines(t *testing.T) {
	dir := project(t, "port = {GATEWAY}\n[api]\ncommand = \"serve /=fine\"\nport = {P1}\nwatch = [\"broken\"]\n")
	write(t, filepath.Join(dir, "broken"), "cannot connect to the database\n")
	c := serveRaw(t, dir)
	says := []string{"api", "exit status 3", "cannot connect to the database"}
	up := c.fails("up", nil, append(says, "devgate runs: mend what failed and save it", "down stops everything")...)
	if strings.Contains(up, "hint:") {
		t.Errorf("a hint for people at a prompt: %s", up)
	}
	c.fails("wait_ready", nil, append(says, "api: failed", "then call wait_ready again")...)
	c.fails("restart", map[string]any{"services": []string{"api"}}, append(says, "last lines of api")...)
	if err := os.Remove(filepath.Join(dir, "broken")); err != nil {
		t.Fatal(err)
	}
	// The file is gone: devgate notices, and the service starts by itself.
	if !eventually(func() bool { return !c.call("wait_ready", nil).IsError }) {
		t.Error("it is mended, and never ready")
	}
}

// What only takes its time has nothing to be mended.
func TestUpThatTakesItsTime(t *testing.T) {
	dir := project(t, "port = {GATEWAY}\n[slow]\ncommand = \"flood 1 3\"\nready = { log = \"never\" }\n")
	text := serveRaw(t, dir).fails("up", map[string]any{"timeout": "500ms"}, "not everything is ready after 500ms\nslow: ", "next: devgate runs: call wait_ready to go on waiting")
	// On a busy machine devgate has not come so far as to start it.
	if !strings.Contains(text, "slow: starting") && !strings.Contains(text, "slow: waiting") {
		t.Errorf("it does not say how far it is: %s", text)
	}
	if strings.Contains(text, "mend") {
		t.Errorf("there is nothing to mend: %s", text)
	}
}

// After a save, ready means that what was saved runs: a build that fails beside the old
// version is a failure, with the compiler's lines, and status keeps it in mind.
func TestReadyIsWhatWasSaved(t *testing.T) {
	dir := project(t, "port = {GATEWAY}\n[api]\ncommand = \"serve /=fine\"\nbuild = \"compile main.src\"\nport = {P1}\nwatch = [\"main.src\"]\n")
	write(t, filepath.Join(dir, "main.src"), "fine")
	c := serveRaw(t, dir)
	var up mcp.UpOut
	c.must("up", nil, &up)
	write(t, filepath.Join(dir, "main.src"), "main.go:7: undefined: x")
	c.fails("wait_ready", nil, "api: an older version runs: build failed (exit status 1)", "main.go:7: undefined: x", "mend what failed and save it", "then call wait_ready again")
	var status control.Status
	text := c.must("status", nil, &status)
	if s := status.Services[0]; !s.Outdated || s.State.String() != "ready" || s.LastFailure == nil || s.LastChange == nil || s.LastChange.Text != "main.src" {
		t.Errorf("status: %+v", s)
	}
	for _, want := range []string{"LAST CHANGE", "main.src, ", "build failed (exit status 1), ", "api: an older version runs"} {
		if !strings.Contains(text, want) {
			t.Errorf("status says nothing of %q:\n%s", want, text)
		}
	}
	// Of another failure the lines of the first are not told again: they may be mended.
	write(t, filepath.Join(dir, "main.src"), "main.go:8: missing return")
	if r := c.call("wait_ready", nil); !r.IsError || !strings.Contains(r.text, "missing return") || strings.Contains(r.text, "undefined: x") {
		t.Errorf("the second failure: %s", r.text)
	}
	write(t, filepath.Join(dir, "main.src"), "fine again")
	if c.must("wait_ready", nil, &status); status.Services[0].Outdated || status.Services[0].Restarts != 1 || status.Services[0].LastFailure == nil {
		t.Errorf("mended: %+v", status.Services[0])
	}
}

// What cannot even begin says so, all at once and with its place; nothing is left.
func TestABrokenDevgatefileStartsNothing(t *testing.T) {
	dir := project(t, "prot = 3000\n[web]\ncommand = \"serve\"\nport = 70000\n")
	c := serveRaw(t, dir)
	says := []string{`Devgatefile:1:1: unknown key "prot"`, `did you mean "port"?`, "Devgatefile:4:8"}
	c.fails("check", nil, append(says, "call check again")...)
	c.fails("up", nil, append(says, "nothing runs; mend it and call up again")...)
	c.fails("status", nil, "no devgate runs in")
}

// One server is enough for all projects of a person.
func TestSeveralProjects(t *testing.T) {
	one, two := project(t, shop), project(t, shop)
	c := serveRaw(t, one)
	var up mcp.UpOut
	c.must("up", nil, &up)
	here := up.Status.PID
	if err := os.Mkdir(filepath.Join(two, "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	c.must("up", map[string]any{"dir": two, "services": []string{"web"}}, &up)
	if up.Status.PID == here || pidOf(up.Status, "api") != 0 || pidOf(up.Status, "web") == 0 {
		t.Errorf("up elsewhere: %+v", up)
	}
	relative, err := filepath.Rel(one, filepath.Join(two, "below"))
	if err != nil {
		t.Fatal(err)
	}
	var status control.Status
	if c.must("status", map[string]any{"dir": relative}, &status); status.PID != up.Status.PID {
		t.Errorf("status of %s is that of pid %d", relative, status.PID)
	}
	if c.must("status", nil, &status); status.PID != here {
		t.Errorf("status here is that of pid %d", status.PID)
	}
}

// The SDK's own client understands the server, and finds what it returns as its schema
// says.
func TestTheSDKsOwnClient(t *testing.T) {
	dir := project(t, shop)
	cmd := exec.Command("devgate", "mcp", "--dir", dir)
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &sdk.CommandTransport{Command: cmd}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	tools, err := session.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	arguments := map[string]map[string]any{
		"start": {"services": []string{"api"}}, "stop": {"services": []string{"api"}}, "restart": {"services": []string{"web"}},
		"explain_request": {"path": "/api/users", "headers": map[string]any{"Accept": "application/json"}},
	}
	for _, name := range []string{"check", "up", "status", "wait_ready", "explain_request", "requests", "logs", "stop", "start", "restart", "down"} {
		r, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: arguments[name]})
		if err != nil || r.IsError || r.StructuredContent == nil {
			t.Errorf("%s: %v %s", name, err, pretty(t, r))
		}
		arguments[name] = nil
	}
	if len(tools.Tools) != 11 {
		t.Errorf("%d tools", len(tools.Tools))
	}
	for _, tool := range tools.Tools {
		if _, called := arguments[tool.Name]; !called {
			t.Errorf("nobody has called %s", tool.Name)
		}
	}
}

// 1 MB of logs is no trouble: the answer has a bound, says what was left out, and the
// rest can be reached.
func TestAMegabyteOfLogs(t *testing.T) {
	dir := project(t, "port = {GATEWAY}\n[flood]\ncommand = \"flood 7000 300000\"\nready = { log = \"end of the flood\" }\n")
	c := serveRaw(t, dir)
	var up mcp.UpOut
	c.must("up", nil, &up)
	var logs mcp.LogsOut
	text := c.must("logs", map[string]any{"services": []string{"flood"}, "tail": 1000}, &logs)
	if size := len(text); size > 40<<10 || size < 10<<10 {
		t.Errorf("the text has %d bytes", size)
	}
	if logs.Omitted < 6000 || !strings.HasPrefix(text, "["+strconv.Itoa(logs.Omitted)+" earlier lines are left out") {
		t.Errorf("%d lines left out: %.200s", logs.Omitted, text)
	}
	cut := 0
	for _, line := range logs.Lines {
		if line.Cut {
			cut++
			if len(line.Text) > 2100 || !strings.HasSuffix(line.Text, " bytes in all]") || strings.Contains(line.Text, "\uFFFD") {
				t.Errorf("a cut line: %.50s … %.50s", line.Text, line.Text[len(line.Text)-50:])
			}
		}
	}
	if cut < 4 {
		t.Errorf("%d cut lines of a line of 300 kB", cut)
	}
	c.must("logs", map[string]any{"services": []string{"flood"}, "grep": `^17\s`}, &logs)
	if len(logs.Lines) != 1 || strings.TrimSpace(logs.Lines[0].Text) != "17" || logs.Omitted != 0 {
		t.Errorf("line 17: %+v", logs)
	}
}
