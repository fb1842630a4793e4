package mcp

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"devgate/internal/control"
)

// ExplainIn are the arguments of the tool explain_request.
type ExplainIn struct {
	Where
	Path    string            `json:"path,omitempty" jsonschema:"path and query, beginning with /"`
	Method  string            `json:"method,omitempty" jsonschema:"default: GET, with a body POST"`
	Headers map[string]string `json:"headers,omitempty" jsonschema:"such as {\"Accept\": \"application/json\"}"`
	Body    string            `json:"body,omitempty" jsonschema:"of the request"`
	ID      uint64            `json:"id,omitempty" jsonschema:"instead of a path: an id from requests, which is sent again as it was"`
	Timeout string            `json:"timeout,omitempty" jsonschema:"how long an answer is waited for; default: 30s"`
}

// ExplainOut is what the tool explain_request returns.
type ExplainOut struct {
	Exchange control.Exchange `json:"exchange" jsonschema:"cascade is who was asked, in order, and what each said"`
	Detail   *Detail          `json:"detail" jsonschema:"headers and bodies; null where they were not kept"`
}

const usualAnswer = 30 * time.Second

var explainTool = tool[ExplainIn, ExplainOut]{
	name: "explain_request", title: "Why a request is answered as it is",
	description: `Sends a request through the gateway and says who was asked in which order, what each backend said, who answered, and why the others did not (404 and passed on, down, held for a restart, a front end's page for a path that is not its own), with the answer's headers and the beginning of its body. Use it when a path gives 404, 502, HTML instead of JSON, or an old answer. The request is real: POST and DELETE do what they do. With id, a request of the list of requests is sent again with its own headers and body.`,
	run: func(ctx context.Context, h host, in ExplainIn) (ExplainOut, string, error) {
		question, err := in.question()
		if err != nil {
			return ExplainOut{}, "", err
		}
		patience, err := limit(in.Timeout, usualAnswer)
		if err != nil {
			return ExplainOut{}, "", err
		}
		r, err := h.find(in.Dir)
		if err != nil {
			return ExplainOut{}, "", err
		}
		late := &failure{fmt.Errorf("no answer within %s", patience), "call status to see whether the backend is ready, and logs to see what it does with the request"}
		ctx, cancel := context.WithTimeoutCause(ctx, patience, late)
		defer cancel()
		exchange, err := in.send(ctx, r, question)
		if err != nil {
			return ExplainOut{}, "", r.explained(ctx, err)
		}
		out, text := withDetail(ctx, r, exchange)
		return out, text, nil
	},
}

// question is the request that the arguments describe.
func (in ExplainIn) question() (q control.Question, err error) {
	switch {
	case in.ID != 0 && in.Path != "":
		return q, &failure{fmt.Errorf("both id and path are given"), "give one of them"}
	case in.ID != 0:
		return q, nil
	// A whole URL would suggest that the host can be chosen.
	case !strings.HasPrefix(in.Path, "/"):
		return q, &failure{fmt.Errorf("path %q: want one that begins with /", in.Path), "give path and query alone, without http:// and host"}
	}
	usual := http.MethodGet
	if in.Body != "" {
		usual = http.MethodPost
	}
	q = control.Question{Method: strings.ToUpper(cmp.Or(in.Method, usual)), Target: in.Path, Header: http.Header{}, Body: []byte(in.Body)}
	for name, value := range in.Headers {
		q.Header.Set(name, value)
	}
	return q, nil
}

func (in ExplainIn) send(ctx context.Context, r *running, q control.Question) (control.Exchange, error) {
	if in.ID != 0 {
		return r.Replay(ctx, in.ID, "")
	}
	return r.Explain(ctx, q)
}

// withDetail adds what went over the wire, where that was kept.
func withDetail(ctx context.Context, r *running, e control.Exchange) (ExplainOut, string) {
	out, text := ExplainOut{Exchange: e}, cascadeText(e)
	if e.ID == 0 {
		return out, text
	}
	// An error is no failure of the tool: the question has been answered.
	detail, err := r.Detail(ctx, e.ID, false)
	if err != nil {
		return out, text
	}
	shown := detailOf(detail)
	out.Detail = &shown
	return out, text + "\nanswer\n" + shown.Answer.text()
}
