package mcp_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"devgate/internal/control"
	"devgate/internal/mcp"
)

// fakeDevgate holds the lock of a project, as a devgate does that runs it, and answers
// on its socket with what a handler says.
type fakeDevgate struct {
	root string
	lock *control.Lock
	http *http.Server
}

// fake starts a fake devgate in a project of its own.
func fake(t *testing.T, answer http.HandlerFunc) *fakeDevgate {
	t.Helper()
	d := beginFake(t, answer)
	d.listen(t)
	return d
}

// beginFake is a fake devgate that has its lock, and does not listen yet.
func beginFake(t *testing.T, answer http.HandlerFunc) *fakeDevgate {
	t.Helper()
	root := t.TempDir()
	write(t, filepath.Join(root, "Devgatefile"), "[web]\ncommand = \"serve\"\nport = 4001\n")
	lock, err := control.Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	d := &fakeDevgate{root, lock, &http.Server{Handler: answer}}
	t.Cleanup(d.die)
	return d
}

func (d *fakeDevgate) listen(t *testing.T) {
	t.Helper()
	socket := control.SocketPath(d.root)
	listener, err := control.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	go d.http.Serve(listener) // ends with die
	if err := d.lock.Write(control.Record{PID: os.Getpid(), Socket: socket}); err != nil {
		t.Fatal(err)
	}
}

// die is what a kill -9 leaves: no socket that answers, and no lock.
func (d *fakeDevgate) die() {
	d.http.Close()
	d.lock.Release()
}

// half sends the beginning of an answer and ends the connection in its middle.
func half(w http.ResponseWriter, text string) {
	connection, buffered, _ := w.(http.Hijacker).Hijack()
	defer connection.Close()
	fmt.Fprintf(buffered, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(text), text)
	buffered.Flush()
}

// A devgate that dies while it answers is told as that, by every tool, and never as an
// answer.
func TestADevgateThatDiesInTheMiddle(t *testing.T) {
	const line = `{"at":"2026-01-02T03:04:05Z","service":"web","stream":"stdout","text":"one"}` + "\n"
	for tool, arguments := range map[string]map[string]any{
		"status": nil, "logs": nil, "requests": nil, "wait_ready": nil,
		"explain_request": {"path": "/"}, "restart": {"services": []string{"web"}},
	} {
		t.Run(tool, func(t *testing.T) {
			var d *fakeDevgate
			d = fake(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/logs"), strings.HasSuffix(r.URL.Path, "/requests"):
					half(w, line)
				case strings.HasSuffix(r.URL.Path, "/status"):
					half(w, `{"name":"shop","services":[`)
				default:
					half(w, "")
				}
				d.lock.Release()
			})
			serveRaw(t, d.root).fails(tool, arguments, fmt.Sprintf("the devgate that was asked (pid %d, in %s)", os.Getpid(), d.root)+" has ended before it had answered", "call up to start it again", filepath.Join(".devgate", "logs"))
		})
	}
}

// Cancelled is what the client has cancelled: the devgate that was asked learns of it,
// and the server answers the next question.
func TestCancellation(t *testing.T) {
	asked, left := make(chan struct{}), make(chan struct{})
	d := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/wait") {
			http.Error(w, `{"kind":"refused","error":"not now","hint":""}`, http.StatusConflict)
			return
		}
		close(asked)
		<-r.Context().Done()
		close(left)
	})
	c := serveRaw(t, d.root)
	id := c.begin("tools/call", map[string]any{"name": "wait_ready", "arguments": map[string]any{"timeout": "1h"}})
	<-asked
	// The others go on while one waits.
	c.fails("status", nil, "not now")
	c.send(map[string]any{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": map[string]any{"requestId": id, "reason": "no patience"}})
	select {
	case <-left:
	case <-time.After(time.Minute):
		t.Fatal("devgate is asked still")
	}
	c.fails("status", nil, "not now")
}

// A client that closes its end ends the server, whatever that waits for.
func TestTheEndOfTheClientIsTheEndOfTheServer(t *testing.T) {
	asked := make(chan struct{})
	d := fake(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	c := serveRaw(t, d.root)
	c.begin("tools/call", map[string]any{"name": "wait_ready", "arguments": map[string]any{"timeout": "1h"}})
	<-asked
	c.in.Close()
	select {
	case <-c.over:
	case <-time.After(time.Minute):
		t.Error("the server is still there")
	}
}

// D2: headers that hold secrets are never asked for, and a body has a bound that is
// told.
func TestOneRequestIsRedactedAndBounded(t *testing.T) {
	detail := fmt.Sprintf(`{"id":7,"at":"2026-01-02T03:04:05Z","method":"GET","path":"/a","status":200,"backend":"web",
		"cascade":[{"backend":"api","status":404},{"backend":"web","status":200}],
		"request":{"header":{"Cookie":["(redacted)"]},"body":null,"size":0,"kept":true},
		"answer":{"header":{"Content-Type":["text/plain"]},"body":"%s","size":90000,"kept":false},
		"answers":[{"header":{"Content-Encoding":["gzip"]},"body":"H4sI","size":30,"kept":true},{"header":{},"body":"/w==","size":1,"kept":true}]}`,
		strings.Repeat("4oKs", 20_000)) // "€"
	d := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/requests/7") || r.URL.Query().Has("secrets") {
			http.Error(w, `{"kind":"broken","error":"asked for `+r.URL.String()+`","hint":""}`, http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, detail)
	})
	var out mcp.RequestsOut
	text := serveRaw(t, d.root).must("requests", map[string]any{"id": 7}, &out)
	got := out.Detail
	if got == nil || len(got.Answers) != 2 {
		t.Fatalf("%+v", out)
	}
	if n := len(got.Answer.Body); n > 8<<10 || n < 8<<10-3 || got.Answer.Note != fmt.Sprintf("the first %d bytes (of 90000 bytes)", n) {
		t.Errorf("%d bytes of the answer: %s", n, got.Answer.Note)
	}
	if strings.Trim(got.Answer.Body, "€") != "" {
		t.Error("a character is cut in two")
	}
	if got.Answers[0].Body != "" || !strings.Contains(got.Answers[0].Note, "compressed (gzip, of 30 bytes)") || got.Answers[1].Note != "not text (of 1 bytes)" {
		t.Errorf("answers of the backends: %+v", got.Answers)
	}
	if !strings.Contains(text, "Cookie: (redacted)") || !strings.Contains(text, "[the first ") {
		t.Errorf("text: %.300s", text)
	}
}

// wait_ready finds a devgate that only just begins: its lock comes first, its socket
// later.
func TestWaitReadyFindsADevgateThatBegins(t *testing.T) {
	d := beginFake(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"ready":true,"missing":[],"status":{"name":"shop","state":"ready","services":[]}}`)
	})
	c := serveRaw(t, d.root)
	id := c.begin("tools/call", map[string]any{"name": "wait_ready", "arguments": map[string]any{"timeout": "1m"}})
	d.listen(t)
	if r := c.resultOf("wait_ready", c.await(id)); r.IsError || !strings.Contains(r.text, "shop  ready") {
		t.Errorf("%s", r.text)
	}
}
