package mcp

import (
	"context"
	"fmt"
	"strings"

	"devgate/internal/control"
	"devgate/internal/words"
)

// RequestsIn are the arguments of the tool requests.
type RequestsIn struct {
	Where
	ID      uint64 `json:"id,omitempty" jsonschema:"this request alone, with headers and bodies; an id from an earlier answer"`
	Path    string `json:"path,omitempty" jsonschema:"requests only whose path or query contains this text"`
	Backend string `json:"backend,omitempty" jsonschema:"requests only that this backend answered"`
	Failed  bool   `json:"failed,omitempty" jsonschema:"requests only that were answered 400 or more, or not at all"`
	Limit   int    `json:"limit,omitempty" jsonschema:"the last so many only, 1 to 200; default: 20"`
}

// RequestsOut is what the tool requests returns.
type RequestsOut struct {
	Requests []control.Exchange `json:"requests" jsonschema:"the oldest first; cascade is who was asked, in order, and what each said"`
	Omitted  int                `json:"omitted" jsonschema:"how many earlier ones matched too and are left out"`
	Detail   *Detail            `json:"detail" jsonschema:"of the one request that id names; else null"`
}

const (
	usualRequests = 20
	mostRequests  = 200
)

var requestsTool = tool[RequestsIn, RequestsOut]{
	name: "requests", title: "Recent requests",
	description: `The recent requests through the gateway: method, path, status, duration, who answered, and which backends were asked before and what each said. Use it to see what the browser or a test really sent and what became of it; failed shows only what went wrong. With id: one request with its headers and bodies (secrets redacted, 8 KiB of a body at most). It sends nothing: explain_request does.`,
	run: func(ctx context.Context, h host, in RequestsIn) (RequestsOut, string, error) {
		if in.Limit == 0 {
			in.Limit = usualRequests
		}
		if in.Limit < 1 || in.Limit > mostRequests {
			return RequestsOut{}, "", &failure{fmt.Errorf("limit %d: want 1 to %d", in.Limit, mostRequests), "call it again, narrowed by path, backend or failed"}
		}
		r, err := h.find(in.Dir)
		if err != nil {
			return RequestsOut{}, "", err
		}
		look := in.list
		if in.ID != 0 {
			look = in.one
		}
		out, text, err := look(ctx, r)
		return out, text, r.explained(ctx, err)
	},
}

// one is the request of an id.
func (in RequestsIn) one(ctx context.Context, r *running) (RequestsOut, string, error) {
	detail, err := r.Detail(ctx, in.ID, false)
	if err != nil {
		return RequestsOut{}, "", err
	}
	shown := detailOf(detail)
	return RequestsOut{Requests: []control.Exchange{detail.Exchange}, Detail: &shown}, cascadeText(detail.Exchange) + shown.text(), nil
}

// list is the last requests that the arguments choose.
func (in RequestsIn) list(ctx context.Context, r *running) (RequestsOut, string, error) {
	out := RequestsOut{Requests: []control.Exchange{}}
	err := r.Requests(ctx, control.RequestQuery{}, func(e control.Exchange) error {
		if !in.chooses(e) {
			return nil
		}
		if out.Requests = append(out.Requests, e); len(out.Requests) > in.Limit {
			out.Requests = out.Requests[1:]
			out.Omitted++
		}
		return nil
	})
	return out, in.text(out), err
}

func (in RequestsIn) chooses(e control.Exchange) bool {
	return strings.Contains(e.Path, in.Path) &&
		(in.Backend == "" || e.Backend == in.Backend) &&
		(!in.Failed || e.Status == 0 || e.Status >= 400)
}

func (in RequestsIn) text(out RequestsOut) string {
	switch {
	case len(out.Requests) > 0:
	case in.Path != "" || in.Backend != "" || in.Failed:
		return "none of the requests that are kept is like that"
	default:
		return "no request has come yet"
	}
	var b strings.Builder
	if out.Omitted > 0 {
		fmt.Fprintf(&b, "[%d earlier requests are left out; narrow with path, backend or failed, or raise limit]\n", out.Omitted)
	}
	for _, e := range out.Requests {
		b.WriteString("id")
		words.Request(&b, e)
	}
	return b.String()
}

func cascadeText(e control.Exchange) string {
	var b strings.Builder
	words.Cascade(&b, e)
	return b.String()
}
