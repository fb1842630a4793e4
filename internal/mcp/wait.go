package mcp

import (
	"context"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/reach"
	"devgate/internal/words"
)

// WaitIn are the arguments of the tool wait_ready.
type WaitIn struct {
	Where
	Services []string `json:"services,omitempty" jsonschema:"these only; default: all that are to run"`
	Timeout  string   `json:"timeout,omitempty" jsonschema:"how long it is waited for; default: 45s"`
}

var waitTool = tool[WaitIn, control.Status]{
	name: "wait_ready", title: "Wait until services are ready",
	description: `Returns how all services are as soon as all, or those named, are ready in their newest version; or, as soon as one of them cannot become so by itself (a build that fails, too), what is not ready with its last lines. Call it after saving files, before using the app: it may be called at once, as it first gives the save a quarter of a second to be noticed.`,
	run: func(ctx context.Context, h host, in WaitIn) (control.Status, string, error) {
		patience, err := limit(in.Timeout, usualLimit)
		if err != nil {
			return control.Status{}, "", err
		}
		end := time.Now().Add(patience)
		connecting, cancel := context.WithDeadline(ctx, end)
		defer cancel()
		r, err := h.findSoon(connecting, in.Dir)
		if err != nil {
			return control.Status{}, "", err
		}
		answer, err := reach.AwaitSaved(ctx, r.Client, in.Services, time.Until(end))
		if err == nil && !answer.Ready {
			err = &failure{words.NotReady(r.Client, answer, patience, ""), nextForMissing(answer)}
		}
		return answer.Status, statusText(answer.Status), r.explained(ctx, err)
	},
}

// nextForMissing is what brings on what is not ready.
func nextForMissing(answer control.Readiness) string {
	for _, s := range words.Missing(answer) {
		switch {
		case s.State == event.Stopped:
			return "call start for " + s.Name + ": it was stopped, or not asked for"
		case s.Settled():
			return "mend what failed and save it: where " + s.Name + " has a watch it starts again by itself, else call restart; then call wait_ready again; logs has more of its output"
		}
	}
	return "call wait_ready again, or logs to see what it does"
}
