package control

import (
	"bufio"
	"context"
	"devgate/internal/logmux"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
)

// ErrNotRunning is returned when no devgate answers for the project.
var ErrNotRunning = errors.New("devgate is not running here")

// Client speaks with the devgate that runs a project. It keeps no connection.
type Client struct{ http http.Client }

// Dial finds the devgate that runs the project at root. Without one the error
// is ErrNotRunning.
func Dial(root string) (*Client, error) {
	path := SocketPath(root)
	if record, running := Holder(root); !running {
		return nil, ErrNotRunning
	} else if record.Socket != "" {
		path = record.Socket
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &Client{http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}, nil
}

// Status asks how everything is.
func (c *Client) Status(ctx context.Context) (s Status, err error) {
	body, err := c.call(ctx, http.MethodGet, "/status", nil)
	if err != nil {
		return s, err
	}
	defer body.Close()
	return s, json.NewDecoder(body).Decode(&s)
}

// Do carries a verb out on services; with wait it returns when they settled.
func (c *Client) Do(ctx context.Context, verb Verb, names []string, wait bool) error {
	query := url.Values{"name": names}
	if wait {
		query.Set("wait", "1")
	}
	body, err := c.call(ctx, http.MethodPost, "/services/"+string(verb), query)
	if err != nil {
		return err
	}
	return body.Close()
}

// Down asks the devgate to end. It returns when that has begun.
func (c *Client) Down(ctx context.Context) error {
	body, err := c.call(ctx, http.MethodPost, "/down", nil)
	if err != nil {
		return err
	}
	return body.Close()
}

// Logs passes every line to emit until there are no more, emit fails, or ctx
// ends.
func (c *Client) Logs(ctx context.Context, q LogQuery, emit func(logmux.Line) error) error {
	body, err := c.call(ctx, http.MethodGet, "/logs", q.values())
	if err != nil {
		return err
	}
	defer body.Close()
	lines := json.NewDecoder(bufio.NewReaderSize(body, 64<<10))
	for {
		var line struct {
			logmux.Line
			failure
		}
		switch err := lines.Decode(&line); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil // it ended, or the devgate it came from did
		case err != nil:
			return fmt.Errorf("read logs: %w", err)
		case line.Error != "":
			return errors.New(line.Error)
		}
		if err := emit(line.Line); err != nil {
			return err
		}
	}
}

// call returns the body of a 200 answer; any other is an error with its text.
func (c *Client) call(ctx context.Context, method, path string, query url.Values) (io.ReadCloser, error) {
	return c.post(ctx, method, path, query, nil)
}

// post is call with a body.
func (c *Client) post(ctx context.Context, method, path string, query url.Values, content io.Reader) (io.ReadCloser, error) {
	target := url.URL{Scheme: "http", Host: "devgate", Path: path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), content)
	if err != nil {
		return nil, fmt.Errorf("ask devgate: %w", err)
	}
	return c.exchange(request, http.StatusOK)
}

// exchange returns the body of an answer with the wanted status.
func (c *Client) exchange(request *http.Request, want int) (io.ReadCloser, error) {
	answer, err := c.http.Do(request)
	if err != nil {
		if ctx := request.Context(); ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("ask devgate: %w", errors.Unwrap(err))
	}
	if answer.StatusCode == want {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	var f failure
	if err := json.NewDecoder(answer.Body).Decode(&f); err != nil || f.Error == "" {
		return nil, fmt.Errorf("ask devgate: %s", answer.Status)
	}
	return nil, errors.New(f.Error)
}
