package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"devgate/internal/control"
	"devgate/internal/words"
)

// ServicesIn are the arguments of start, stop and restart.
type ServicesIn struct {
	Where
	Services []string `json:"services" jsonschema:"their names, at least one"`
	Timeout  string   `json:"timeout,omitempty" jsonschema:"how long it is waited for; default: 45s"`
}

var startTool = verbTool(control.Start, "Start services",
	`Starts services that do not run, and what they are "after", and waits until they are ready. It returns how all services are then, or the last lines of what failed. Use it for what was stopped, has failed, or was not named in up.`)

var stopTool = verbTool(control.Stop, "Stop services",
	`Stops services and waits for their end; requests for them are answered 502 until they are started again, and no change of a file starts them. It returns how all services are then. To stop everything, devgate too, call down.`)

var restartTool = verbTool(control.Restart, "Restart services",
	`Restarts services (build first, beside the old process) and waits until they are ready; requests meanwhile wait, and none fails. It returns how all services are then, or the last lines of what failed. Needed only after what devgate cannot see, such as a new environment or a database that was filled: a service with "watch" restarts by itself when its files are saved.`)

func verbTool(verb control.Verb, title, description string) tool[ServicesIn, control.Status] {
	return tool[ServicesIn, control.Status]{
		name: string(verb), title: title, description: description,
		run: func(ctx context.Context, h host, in ServicesIn) (control.Status, string, error) {
			if len(in.Services) == 0 {
				return control.Status{}, "", &failure{errors.New("services: want at least one name"), "call status for the names"}
			}
			r, err := h.find(in.Dir)
			if err != nil {
				return control.Status{}, "", err
			}
			status, err := in.do(ctx, r, verb)
			return status, statusText(status), r.explained(ctx, err)
		},
	}
}

// do carries the verb out, and returns how everything is when that is over.
func (in ServicesIn) do(ctx context.Context, r *running, verb control.Verb) (s control.Status, err error) {
	patience, err := limit(in.Timeout, usualLimit)
	if err != nil {
		return s, err
	}
	late := &failure{fmt.Errorf("%s of %s is not over after %s", verb, strings.Join(in.Services, ", "), patience), "call wait_ready to go on waiting, or status to see how it stands"}
	acting, cancel := context.WithTimeoutCause(ctx, patience, late)
	defer cancel()
	err = r.Do(acting, verb, in.Services, true)
	var refused *control.Error
	if errors.As(err, &refused) && refused.Kind == control.Failed {
		return s, in.failed(r, err)
	}
	if err != nil {
		return s, err
	}
	return r.Status(ctx)
}

// failed says why a verb has not succeeded, with the last lines of each service.
func (in ServicesIn) failed(r *running, err error) error {
	var b strings.Builder
	b.WriteString(err.Error())
	for _, name := range in.Services {
		fmt.Fprintf(&b, "\nlast lines of %s:", name)
		words.Tail(&b, r.Client, name)
	}
	return &failure{errors.New(b.String()), "mend what failed and save it: where the service has a watch it starts again by itself, then call wait_ready; else call this again"}
}
