//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// agent is a coding agent that has an editor and devgate's tools, and nothing else. It
// does what the texts say that it gets, and knows nothing by itself.
type agent struct {
	t       *testing.T
	p       *project
	session *mcp.ClientSession
}

func newAgent(t *testing.T, p *project) *agent {
	t.Helper()
	server := exec.Command(made.devgate, "mcp")
	server.Dir, server.Env = p.dir, p.env
	client := mcp.NewClient(&mcp.Implementation{Name: "agent", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &mcp.CommandTransport{Command: server}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { session.Close() })
	return &agent{t, p, session}
}

// calls returns what a tool says, and whether it has done its work.
func (a *agent) calls(tool string, arguments map[string]any) (text string, ok bool) {
	a.t.Helper()
	result, err := a.session.CallTool(a.t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		a.t.Fatalf("%s: %v", tool, err)
	}
	text = result.Content[0].(*mcp.TextContent).Text
	a.t.Logf("%s %v (%t):\n%s", tool, arguments, !result.IsError, text)
	return text, !result.IsError
}

// reads finds in what a tool said what the agent has to go by.
func (a *agent) reads(text, pattern string) []string {
	a.t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		a.t.Fatalf("nothing like %s in\n%s", pattern, text)
	}
	return found[1:]
}

// edits replaces text in a file, as an editor saves it.
func (a *agent) edits(file, old, new string) {
	a.t.Helper()
	was, err := os.ReadFile(a.p.path(file))
	if err != nil || !strings.Contains(string(was), old) {
		a.t.Fatalf("%s has no %q (%v):\n%s", file, old, err, was)
	}
	a.p.write(file, strings.ReplaceAll(string(was), old, new))
}

// waits calls wait_ready until that is so, as a person who has saved would.
func (a *agent) waits() {
	a.t.Helper()
	eventually(a.t, "the fix is saved, and nothing is ready", func() bool { _, ok := a.calls("wait_ready", nil); return ok })
}

// D3: with nothing but the tools an agent brings a broken project up: it reads why,
// mends it, asks why a request fails, mends that, and sees it answered.
func TestAnAgentMendsAProject(t *testing.T) {
	p := emptyProject(t)
	p.write("Devgatefile", `port = $GATEWAY
[api]
command = "node api.js"
prot = $P1
watch = ["api.js"]
[web]
command = "node web.js"
port = $P2
`)
	p.write("api.js", `const http = require('http')
const orders = [{ id: 1 }]
http.createServer((request, answer) => {
  if (request.url !== '/orders') { answer.statusCode = 404; return answer.end('no route ' + request.url) }
  answer.setHeader('Content-Type', 'application/json')
  answer.end(JSON.stringify(orders))
}).listen(proces.env.PORT, '127.0.0.1')
`)
	p.write("web.js", `require('http').createServer((request, answer) => {
  answer.statusCode = request.url === '/' ? 200 : 404
  answer.end(request.url === '/' ? '<script>fetch("/api/orders")</script>' : 'nothing')
}).listen(process.env.PORT, '127.0.0.1')
`)
	a := newAgent(t, p)

	// The Devgatefile has a mistake: nothing is started, and the text has the cure.
	text, ok := a.calls("up", nil)
	if ok {
		t.Fatal("a broken project is up")
	}
	key := a.reads(text, `Devgatefile:4:1: unknown key "(\w+)" in \[api\][\s\S]*did you mean "(\w+)"\?`)
	a.edits("Devgatefile", key[0]+" =", key[1]+" =")

	// Now it starts, and one server does not: its last lines are in the answer.
	text, ok = a.calls("up", nil)
	if ok {
		t.Fatal("a server with a mistake is ready")
	}
	fault := a.reads(text, `/(\w+\.js):7\n[\s\S]*ReferenceError: (\w+) is not defined`)
	a.edits(fault[0], fault[1]+".env", "process.env")
	a.waits()

	// The page asks for something, and why it does not get it stands in the cascade.
	text, ok = a.calls("explain_request", map[string]any{"path": "/api/orders"})
	if !ok {
		t.Fatal("no explanation")
	}
	a.reads(text, `1  api  404 [\s\S]*2  web  404 [\s\S]*answer: 404 from web .*\nso: no backend has this route\n`)
	text, _ = a.calls("requests", map[string]any{"failed": true})
	a.reads(text, `GET /api/orders  404`)
	a.edits("api.js", "'/orders'", "'/api/orders'")
	a.waits()
	text, _ = a.calls("explain_request", map[string]any{"path": "/api/orders", "headers": map[string]any{"Accept": "application/json"}})
	a.reads(text, `answer: 200 from api`)
	text, _ = a.calls("logs", map[string]any{"services": []string{"api"}, "grep": "ReferenceError"})
	a.reads(text, `api \| ReferenceError`)
	// All is well, and what was not is told still.
	text, _ = a.calls("status", nil)
	a.reads(text, `LAST CHANGE +LAST RESTART +LAST FAILURE\napi +api\.js, \S+ ago +api\.js changed, \S+ ago +exit status 1, 3 times in a row, \S+ ago\n`)

	a.seesTheURLWork()
	if text, ok := a.calls("down", nil); !ok {
		t.Errorf("down: %s", text)
	}
}

// seesTheURLWork asks the app itself, at the URL that status tells.
func (a *agent) seesTheURLWork() {
	a.t.Helper()
	result, err := a.session.CallTool(a.t.Context(), &mcp.CallToolParams{Name: "status"})
	if err != nil {
		a.t.Fatal(err)
	}
	data, _ := json.Marshal(result.StructuredContent)
	var status struct{ URL string }
	json.Unmarshal(data, &status)
	if want := fmt.Sprintf("http://localhost:%s", a.p.ports["GATEWAY"]); status.URL != want {
		a.t.Errorf("status tells %s, want %s", status.URL, want)
	}
	a.p.get(a.t, "/api/orders", 200, "api=200").contains(a.t, `[{"id":1}]`)
}
