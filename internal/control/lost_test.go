package control

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"devgate/internal/logmux"
)

// A devgate that is killed while it is asked is said to be gone, however far its answer
// has come.
func TestADevgateThatDiesWhileItIsAsked(t *testing.T) {
	status := func(c *Client) error { _, err := c.Status(t.Context()); return err }
	wait := func(c *Client) error { _, err := c.Wait(t.Context(), nil, time.Second, false); return err }
	logs := func(c *Client) error {
		return c.Logs(t.Context(), LogQuery{}, func(logmux.Line) error { return nil })
	}
	const head, begun = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", "{"
	for _, c := range []struct {
		ask            func(*Client) error
		answer, during string
	}{
		{status, "", "ask devgate"}, {status, "HTTP/1.1 200 OK\r\n", "ask devgate"},
		{status, head, "read status"}, {status, head + begun, "read status"},
		{wait, head, "read answer"}, {wait, head + begun, "read answer"}, {logs, head, "read answer"},
	} {
		if err := c.ask(dying(c.answer)); err == nil || err.Error() != c.during+": it has ended without a word" {
			t.Errorf("behind %q: %v", c.answer, err)
		}
	}
}

// dying is a client whose devgate ends in the middle of its answer.
func dying(answer string) *Client {
	c := newClient(Record{Protocol: Version})
	c.http.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		mine, its := net.Pipe()
		go func() {
			defer its.Close()
			its.Read(make([]byte, 4096)) // the request
			io.WriteString(its, answer)
		}()
		return mine, nil
	}}
	return c
}
