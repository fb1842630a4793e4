package mcp_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// rawClient speaks the protocol by hand, a line a message, with a `devgate mcp`. Of
// every result of a tool it sees whether it is what the tool's schema promises; a line
// that is no message of the protocol, and a word on standard error, fail the test.
type rawClient struct {
	t       *testing.T
	in      io.WriteCloser
	answers chan message
	next    int
	schemas map[string]*jsonschema.Schema // of each tool's output
	wrong   *bytes.Buffer
	over    chan struct{}
}

// message is one of JSON-RPC 2.0.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      any             `json:"id"`
	Method  string          `json:"method"`
	Result  json.RawMessage `json:"result"`
	Error   *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// newest is the newest revision that begins with a handshake.
const newest = "2025-11-25"

// serveRaw starts a server for dir and greets it.
func serveRaw(t *testing.T, dir string) *rawClient {
	t.Helper()
	c := startRaw(t, dir)
	c.ask("initialize", map[string]any{
		"protocolVersion": newest, "capabilities": map[string]any{},
		"clientInfo": map[string]any{"name": "raw", "version": "1"},
	})
	c.send(map[string]any{"jsonrpc": "2.0", "method": "notifications/initialized"})
	c.learn()
	return c
}

// startRaw starts a server for dir and says nothing.
func startRaw(t *testing.T, dir string) *rawClient {
	t.Helper()
	cmd := exec.Command("devgate", "mcp")
	cmd.Dir = dir
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	c := &rawClient{t: t, in: in, answers: make(chan message, 100), wrong: &bytes.Buffer{}, over: make(chan struct{})}
	cmd.Stderr = c.wrong
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read(out)
	t.Cleanup(func() {
		in.Close()
		<-c.over
		if err := cmd.Wait(); err != nil {
			t.Errorf("devgate mcp ends with %v", err)
		}
		if c.wrong.Len() > 0 {
			t.Errorf("on standard error: %s", c.wrong)
		}
	})
	return c
}

func (c *rawClient) read(out io.Reader) {
	defer close(c.over)
	defer close(c.answers)
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			if len(line) > 0 {
				c.t.Errorf("half a line: %q", line)
			}
			return
		}
		var m message
		if err := json.Unmarshal(line, &m); err != nil || m.Version != "2.0" {
			c.t.Errorf("no message of the protocol: %.300q", line)
			continue
		}
		if m.ID != nil { // the rest are notifications
			c.answers <- m
		}
	}
}

func (c *rawClient) send(m any) {
	c.t.Helper()
	text, ok := m.(string)
	if !ok {
		encoded, err := json.Marshal(m)
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(encoded)
	}
	if _, err := io.WriteString(c.in, text+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

// begin sends a request and returns its number.
func (c *rawClient) begin(method string, params any) int {
	c.t.Helper()
	c.next++
	c.send(map[string]any{"jsonrpc": "2.0", "id": c.next, "method": method, "params": params})
	return c.next
}

// ask sends a request and returns the answer to it.
func (c *rawClient) ask(method string, params any) message {
	c.t.Helper()
	return c.await(c.begin(method, params))
}

func (c *rawClient) await(id int) message {
	c.t.Helper()
	for {
		select {
		case m, more := <-c.answers:
			if !more {
				c.t.Fatalf("the server has ended; on standard error: %s", c.wrong)
			}
			if m.ID == float64(id) {
				return m
			}
		case <-time.After(2 * time.Minute):
			c.t.Fatalf("no answer to request %d", id)
		}
	}
}

// learn asks for the tools and keeps what they promise.
func (c *rawClient) learn() {
	c.t.Helper()
	var list struct {
		Tools []struct {
			Name   string          `json:"name"`
			Output json.RawMessage `json:"outputSchema"`
		}
	}
	if err := json.Unmarshal(c.ask("tools/list", map[string]any{}).Result, &list); err != nil {
		c.t.Fatal(err)
	}
	c.schemas = map[string]*jsonschema.Schema{}
	for _, tool := range list.Tools {
		parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(tool.Output))
		if err != nil {
			c.t.Fatalf("output schema of %s: %v", tool.Name, err)
		}
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		compiler.AddResource(tool.Name, parsed)
		c.schemas[tool.Name] = compiler.MustCompile(tool.Name)
	}
}

// result is what a tool returned.
type result struct {
	Content []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	} `json:"content"`
	Structured json.RawMessage `json:"structuredContent"`
	IsError    bool            `json:"isError"`
	text       string
}

// call calls a tool, and holds what comes back against its schema.
func (c *rawClient) call(tool string, arguments map[string]any) result {
	c.t.Helper()
	return c.resultOf(tool, c.ask("tools/call", map[string]any{"name": tool, "arguments": arguments}))
}

func (c *rawClient) resultOf(tool string, m message) (r result) {
	c.t.Helper()
	if m.Error != nil {
		c.t.Fatalf("%s: error %d of the protocol: %s", tool, m.Error.Code, m.Error.Message)
	}
	if err := json.Unmarshal(m.Result, &r); err != nil {
		c.t.Fatal(err)
	}
	if len(r.Content) != 1 || r.Content[0].Type != "text" || r.Content[0].Text == "" {
		c.t.Fatalf("%s: want one text, got %s", tool, m.Result)
	}
	r.text = r.Content[0].Text
	if r.IsError {
		if !strings.Contains(r.text, "\n  next: ") {
			c.t.Errorf("%s: the error does not say what to do next: %s", tool, r.text)
		}
		return r
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.Structured))
	if err == nil {
		err = c.schemas[tool].Validate(value)
	}
	if err != nil {
		c.t.Errorf("%s returns what its schema does not allow: %v\n%s", tool, err, r.Structured)
	}
	return r
}

// must is call for a tool that has to succeed; its data goes into out.
func (c *rawClient) must(tool string, arguments map[string]any, out any) string {
	c.t.Helper()
	r := c.call(tool, arguments)
	if r.IsError {
		c.t.Fatalf("%s: %s", tool, r.text)
	}
	if err := json.Unmarshal(r.Structured, out); err != nil {
		c.t.Fatalf("%s: %v", tool, err)
	}
	return r.text
}

// fails is call for a tool that must not succeed, and say all of these.
func (c *rawClient) fails(tool string, arguments map[string]any, says ...string) string {
	c.t.Helper()
	r := c.call(tool, arguments)
	if !r.IsError {
		c.t.Fatalf("%s succeeds: %s", tool, r.text)
	}
	for _, text := range says {
		if !strings.Contains(r.text, text) {
			c.t.Errorf("%s does not say %q: %s", tool, text, r.text)
		}
	}
	return fmt.Sprint(r.text)
}
