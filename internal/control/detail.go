package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Detail is one request as a person looks into it: its record, and what went over
// the wire.
type Detail struct {
	Exchange
	// Host is the one asked for.
	Host string `json:"host"`
	// Request is what the client sent.
	Request Message `json:"request"`
	// Answer is what the client got, also where it was devgate's own.
	Answer Message `json:"answer"`
	// Answers are what the backends of Attempts said, in their order; of one that was
	// not asked, or gave no answer, the zero Message.
	Answers []Message `json:"answers"`
}

// Message is a request or an answer: its header, and the beginning of its body.
// Header and Trailer are those of the message and not of its framing
// (Transfer-Encoding, Connection, 1xx answers before it). The body is without
// the framing, too, and else byte for byte: what was compressed still is.
type Message struct {
	Header  http.Header `json:"header"`  // null: there was none, or it was not kept
	Trailer http.Header `json:"trailer"` // null: likewise
	Body    []byte      `json:"body"`    // MessageBodyMax bytes at most
	Size    int64       `json:"size"`    // of the whole body in bytes; -1: not known
	Kept    bool        `json:"kept"`    // Body is the whole body
}

// MessageBodyMax is how much of a body is kept, in bytes.
const MessageBodyMax = 64 << 10

// idOf is the request that a path names.
func idOf(r *http.Request, p *parameters) uint64 {
	text := r.PathValue("id")
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		p.fail("request %q: want the number of one (devgate requests lists them)", text)
	}
	return id
}

func detail(a Actions, w http.ResponseWriter, r *http.Request) error {
	p := read(r.URL.Query(), paramSecrets)
	id, secrets := idOf(r, p), p.flag(paramSecrets)
	if err := p.failure(); err != nil {
		return err
	}
	d, err := a.Detail(id, secrets)
	if err != nil {
		return err
	}
	return reply(w, d)
}

func replay(a Actions, w http.ResponseWriter, r *http.Request) error {
	p := read(r.URL.Query(), paramBackend)
	id, backend := idOf(r, p), p.text(paramBackend)
	if err := p.failure(); err != nil {
		return err
	}
	e, err := a.Replay(r.Context(), id, backend)
	if err != nil {
		return err
	}
	return reply(w, e)
}

// Detail asks for one request; without secrets they are redacted.
func (c *Client) Detail(ctx context.Context, id uint64, secrets bool) (d Detail, err error) {
	query := url.Values{}
	setFlag(query, paramSecrets, secrets)
	body, err := c.call(ctx, http.MethodGet, "/requests/"+strconv.FormatUint(id, 10), query)
	if err != nil {
		return d, err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&d); err != nil {
		return d, fmt.Errorf("read request: %w", err)
	}
	return d, nil
}

// Replay has a request sent again, to one backend alone unless that is "".
func (c *Client) Replay(ctx context.Context, id uint64, backend string) (e Explanation, err error) {
	query := url.Values{}
	if backend != "" {
		query.Set(paramBackend, backend)
	}
	body, err := c.call(ctx, http.MethodPost, "/requests/"+strconv.FormatUint(id, 10)+"/replay", query)
	if err != nil {
		return e, err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&e); err != nil {
		return e, fmt.Errorf("read answer: %w", err)
	}
	return e, nil
}
