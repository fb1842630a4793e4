package mcp

import (
	"context"
	"strings"

	"devgate/internal/control"
	"devgate/internal/words"
)

var statusTool = tool[Where, control.Status]{
	name: "status", title: "State of the services",
	description: `How the running devgate and each of its services are: state (waiting, building, starting, ready, done, stopping, stopped, backoff, failed, exited), port, pid, restarts, last exit, the reason of a failure, and the URL of the app; whether its newest version runs; and when and why it was last changed, restarted and failed. Use it to see what runs and under which names and URLs, and whether an error is that of your change or was there before. It does not wait: wait_ready does.`,
	run: func(ctx context.Context, h host, in Where) (control.Status, string, error) {
		r, err := h.find(in.Dir)
		if err != nil {
			return control.Status{}, "", err
		}
		status, err := r.Status(ctx)
		return status, statusText(status), r.explained(ctx, err)
	},
}

func statusText(s control.Status) string {
	var b strings.Builder
	words.Status(&b, s)
	return b.String()
}
