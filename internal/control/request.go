package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Question is a request that the gateway is to answer and to explain.
type Question struct {
	Method string      `json:"method"`
	Target string      `json:"target"` // path and query, as a client sends them
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// Inspector tells about requests. Its answers are JSON that this package only
// passes on, in the form that docs/commands.md has.
type Inspector interface {
	// Explain sends a request through the gateway and says how it came out.
	Explain(ctx context.Context, q Question) (json.RawMessage, error)
	// Requests passes the recent requests to emit, the oldest first, and with
	// follow those to come until ctx ends or emit fails.
	Requests(ctx context.Context, follow bool, emit func(json.RawMessage) error) error
}

// questionLimit bounds the body of a question, in bytes.
const questionLimit = 64 << 20

func explain(i Inspector, w http.ResponseWriter, r *http.Request) {
	var q Question
	if err := json.NewDecoder(io.LimitReader(r.Body, questionLimit)).Decode(&q); err != nil {
		fail(w, fmt.Errorf("read question: %w", err))
		return
	}
	answer, err := i.Explain(r.Context(), q)
	if err != nil {
		fail(w, err)
		return
	}
	reply(w, answer)
}

// requests sends one JSON line per request, each as soon as it is there.
func requests(i Inspector, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	flush := http.NewResponseController(w)
	flush.Flush()
	i.Requests(r.Context(), r.URL.Query().Has("follow"), func(line json.RawMessage) error {
		if _, err := w.Write(append(bytes.TrimSpace(line), '\n')); err != nil {
			return err
		}
		return flush.Flush()
	})
}

// Explain sends a request through the gateway of the devgate that runs.
func (c *Client) Explain(ctx context.Context, q Question) (json.RawMessage, error) {
	text, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("ask devgate: %w", err)
	}
	body, err := c.post(ctx, http.MethodPost, "/explain", nil, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// Requests passes the recent requests to emit, and with follow those to come.
func (c *Client) Requests(ctx context.Context, follow bool, emit func(json.RawMessage) error) error {
	query := url.Values{}
	if follow {
		query.Set("follow", "1")
	}
	body, err := c.call(ctx, http.MethodGet, "/requests", query)
	if err != nil {
		return err
	}
	defer body.Close()
	for lines := json.NewDecoder(body); ; {
		var line json.RawMessage
		switch err := lines.Decode(&line); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("read requests: %w", err)
		}
		if err := emit(line); err != nil {
			return err
		}
	}
}
