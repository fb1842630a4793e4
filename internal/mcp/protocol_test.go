package mcp_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// D3: clients of every revision are answered in theirs, and one of an unknown one in
// the newest that there is.
func TestEveryRevisionOfTheProtocolIsSpoken(t *testing.T) {
	for asked, want := range map[string]string{
		"2024-11-05": "2024-11-05", "2025-03-26": "2025-03-26", "2025-06-18": "2025-06-18", "2025-11-25": "2025-11-25",
		"1999-01-01": newest, "2999-01-01": newest,
	} {
		t.Run(asked, func(t *testing.T) {
			c := startRaw(t, t.TempDir())
			answer := c.ask("initialize", map[string]any{
				"protocolVersion": asked, "capabilities": map[string]any{}, "clientInfo": map[string]any{"name": "raw", "version": "1"},
			})
			var result struct {
				ProtocolVersion string
				Instructions    string
				ServerInfo      struct{ Name string }
			}
			if err := json.Unmarshal(answer.Result, &result); err != nil {
				t.Fatalf("%v: %+v", err, answer)
			}
			if result.ProtocolVersion != want || result.ServerInfo.Name != "devgate" || result.Instructions == "" {
				t.Errorf("got %s", answer.Result)
			}
			c.send(map[string]any{"jsonrpc": "2.0", "method": "notifications/initialized"})
			c.learn()
			if c.schemas["explain_request"] == nil {
				t.Errorf("tools: %v", c.schemas)
			}
		})
	}
}

// The revision of 2026-07-28 has no handshake: each request names it.
func TestTheRevisionWithoutAHandshakeIsSpoken(t *testing.T) {
	c := startRaw(t, t.TempDir())
	meta := map[string]any{
		"io.modelcontextprotocol/protocolVersion":    "2026-07-28",
		"io.modelcontextprotocol/clientInfo":         map[string]any{"name": "raw", "version": "1"},
		"io.modelcontextprotocol/clientCapabilities": map[string]any{},
	}
	if m := c.ask("server/discover", map[string]any{"_meta": meta}); m.Error != nil || !strings.Contains(string(m.Result), `"2026-07-28"`) {
		t.Fatalf("server/discover: %s %+v", m.Result, m.Error)
	}
	m := c.ask("tools/call", map[string]any{"name": "down", "arguments": map[string]any{}, "_meta": meta})
	if m.Error != nil || !strings.Contains(string(m.Result), "no Devgatefile") {
		t.Errorf("tools/call: %s %+v", m.Result, m.Error)
	}
}

// What a client sends that is no call of a tool harms nothing but that.
func TestNonsenseIsAnError(t *testing.T) {
	c := serveRaw(t, t.TempDir())
	for _, one := range []struct {
		method, params string
		says           string
	}{
		{"tools/call", `{"name":"reboot","arguments":{}}`, "unknown tool \"reboot\"; there are check, down, explain_request"},
		{"tools/call", `{"arguments":{}}`, "unknown tool"},
		{"tools/call", `{"name":"status","arguments":[]}`, ""},
		{"tools/call", `"status"`, ""},
		{"resources/read", `{"uri":"file:///etc/passwd"}`, ""},
		{"no/such/method", `{}`, ""},
	} {
		m := c.ask(one.method, json.RawMessage(one.params))
		var r result
		json.Unmarshal(m.Result, &r)
		if m.Error == nil && !r.IsError {
			t.Errorf("%s %s is answered %s", one.method, one.params, m.Result)
		}
		if m.Error != nil && !strings.Contains(m.Error.Message, one.says) {
			t.Errorf("%s %s: %s", one.method, one.params, m.Error.Message)
		}
	}
	if m := c.ask("ping", map[string]any{}); m.Error != nil {
		t.Errorf("ping after nonsense: %+v", m.Error)
	}
}

// A line that is no JSON at all is the end of the conversation, as nobody knows what
// would follow, and no end of the world: nothing is printed but the protocol.
func TestALineThatIsNoJSONEndsTheConversation(t *testing.T) {
	cmd := exec.Command("devgate", "mcp")
	cmd.Stdin = strings.NewReader("this is no JSON\n")
	var out, wrong strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &wrong
	err := cmd.Run()
	var exited *exec.ExitError
	if !errors.As(err, &exited) || exited.ExitCode() != 1 || out.Len() > 0 || !strings.HasPrefix(wrong.String(), "devgate: speak with the agent: invalid character") {
		t.Errorf("ends with %v\n%s\n%s", err, out.String(), wrong.String())
	}
}

// Every argument that is wrong is refused with a word on what is right.
func TestBadArgumentsSayWhatIsRight(t *testing.T) {
	dir := project(t, "[web]\ncommand = \"serve\"\nport = {P1}\n")
	c := serveRaw(t, dir)
	_, err := os.Stat("nowhere")
	var missing *fs.PathError
	if !errors.As(err, &missing) {
		t.Fatal(err)
	}
	for _, one := range []struct {
		tool, arguments string
		says            []string
	}{
		{"status", `{"dirr":"."}`, []string{`unexpected additional properties ["dirr"]` + "\n", "next: call status again; its arguments are dir"}},
		{"status", `{"dir":7}`, []string{"dir", "its arguments are dir"}},
		{"status", `{"dir":"nowhere"}`, []string{"nowhere: " + missing.Err.Error(), "starts at " + dir}},
		{"status", `{"dir":"Devgatefile"}`, []string{"is a file"}},
		{"logs", `{"tail":-1}`, []string{"tail -1: want 1 to 1000"}},
		{"logs", `{"tail":"all"}`, []string{"tail"}},
		{"logs", `{"since":"yesterday"}`, []string{`since "yesterday": want a duration`, "such as 30s"}},
		{"requests", `{"limit":1000}`, []string{"limit 1000: want 1 to 200"}},
		{"requests", `{"id":-1}`, []string{"id"}},
		{"explain_request", `{"path":"http://x/y"}`, []string{"begins with /", "without http:// and host"}},
		{"explain_request", `{}`, []string{`path "": want one that begins with /`}},
		{"explain_request", `{"path":"/","id":4}`, []string{"both id and path", "give one"}},
		{"explain_request", `{"path":"/","timeout":"5"}`, []string{`timeout "5": want a duration`}},
		{"restart", `{}`, []string{"services", "its arguments are dir, services, timeout"}},
		{"restart", `{"services":[]}`, []string{"at least one", "call status"}},
		{"wait_ready", `{"timeout":"0s"}`, []string{"above 0"}},
		{"up", `{"timeout":"soon"}`, []string{`timeout "soon"`}},
		{"up", `{"services":["wbe"]}`, []string{`"wbe"`, "web", "call up again"}},
		{"up", `{"file":"other.toml"}`, []string{"other.toml", "call up again"}},
		{"check", `{"file":"other.toml"}`, []string{"other.toml"}},
	} {
		t.Run(one.tool+one.arguments, func(t *testing.T) {
			var arguments map[string]any
			if err := json.Unmarshal([]byte(one.arguments), &arguments); err != nil {
				t.Fatal(err)
			}
			c.fails(one.tool, arguments, one.says...)
		})
	}
}

// The list of tools is what models go by: a change of it is seen. UPDATE=1 writes it.
func TestListOfTools(t *testing.T) {
	c := serveRaw(t, t.TempDir())
	var list any
	if err := json.Unmarshal(c.ask("tools/list", map[string]any{}).Result, &list); err != nil {
		t.Fatal(err)
	}
	got, golden := pretty(t, list)+"\n", filepath.Join("testdata", "tools.json")
	if os.Getenv("UPDATE") != "" {
		write(t, golden, got)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the list of tools is not that of %s (UPDATE=1 writes it):\n%s", golden, got)
	}
}
