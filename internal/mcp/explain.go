package mcp

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"devgate/internal/control"
	"devgate/internal/words"
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
	Conclusion string             `json:"conclusion" jsonschema:"what follows from the cascade, in a sentence"`
	Exchange   control.Exchange   `json:"exchange" jsonschema:"cascade is who was asked, in order, and what each said"`
	Near       []control.NearMiss `json:"near" jsonschema:"requests that were answered before and are close to one that nobody has answered, the closest first"`
	Logs       LogsOut            `json:"logs" jsonschema:"what the backends that were asked printed meanwhile, for this request or another"`
	Detail     *Detail            `json:"detail" jsonschema:"headers and bodies; null where they were not kept"`
}

const usualAnswer = 30 * time.Second

var explainTool = tool[ExplainIn, ExplainOut]{
	name: "explain_request", title: "Why a request is answered as it is",
	description: `Sends a request through the gateway and says who was asked in which order, what each backend said, who answered, and why the others did not (404 and passed on, down, held for a restart, a front end's page for a path that is not its own); what follows from that in a sentence, with the closest route that was seen; what the backends printed meanwhile; and the answer's headers and the beginning of its body. Use it when a path gives 404, 502, HTML instead of JSON, or an old answer. The request is real: POST and DELETE do what they do. With id, a request of the list of requests is sent again with its own headers and body.`,
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
		explanation, err := in.send(ctx, r, question)
		if err != nil {
			return ExplainOut{}, "", r.explained(ctx, err)
		}
		out, text := withDetail(ctx, r, explanation)
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

func (in ExplainIn) send(ctx context.Context, r *running, q control.Question) (control.Explanation, error) {
	if in.ID != 0 {
		return r.Replay(ctx, in.ID, "")
	}
	return r.Explain(ctx, q)
}

// withDetail adds what went over the wire, where that was kept.
func withDetail(ctx context.Context, r *running, e control.Explanation) (ExplainOut, string) {
	var b strings.Builder
	words.Explanation(&b, e)
	out, text := ExplainOut{Conclusion: e.Conclusion, Exchange: e.Exchange, Near: e.Near, Logs: linesOf(e)}, b.String()
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

// linesOf are the lines of an explanation, bounded as those of a log.
func linesOf(e control.Explanation) LogsOut {
	last := newLastLines(len(e.Logs))
	for _, l := range e.Logs {
		last.add(l)
	}
	out := last.out()
	out.Omitted += e.LogsOmitted
	return out
}
