package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/proc"
	"devgate/internal/reach"
	"devgate/internal/words"
)

// UpIn are the arguments of the tool up.
type UpIn struct {
	Where
	File     string   `json:"file,omitempty" jsonschema:"the Devgatefile, where it has another name; a relative path starts at dir"`
	Services []string `json:"services,omitempty" jsonschema:"these and what they are after; default: all"`
	Timeout  string   `json:"timeout,omitempty" jsonschema:"how long it is waited until all are ready; default: 45s"`
}

// UpOut is what the tool up returns.
type UpOut struct {
	AlreadyRunning bool           `json:"already_running" jsonschema:"a devgate ran here before; nothing was started, whatever services says"`
	Status         control.Status `json:"status"`
}

var upTool = tool[UpIn, UpOut]{
	name: "up", title: "Start the project",
	description: `Starts all servers of the project in the background, behind one URL, and returns that URL and how all services are once everything is ready. Where something fails it returns the last lines of what failed, and devgate stays up, so that a fix can be saved. Safe to call when devgate runs already: then it returns how that one is. Without a Devgatefile it starts what it finds in the folder. What it starts outlives this session: down stops it.`,
	run: func(ctx context.Context, h host, in UpIn) (UpOut, string, error) {
		patience, err := limit(in.Timeout, usualLimit)
		if err != nil {
			return UpOut{}, "", err
		}
		dir, err := h.folder(in.Dir)
		if err != nil {
			return UpOut{}, "", err
		}
		if in.File != "" && !filepath.IsAbs(in.File) {
			in.File = filepath.Join(dir, in.File)
		}
		out := UpOut{AlreadyRunning: runsAt(dir, in.File)}
		said, err := h.devgateUp(ctx, dir, in, patience)
		unread := json.Unmarshal(said, &out.Status)
		switch {
		case err != nil:
			return UpOut{}, "", upFailure(err, runsAt(dir, in.File), out.Status)
		case unread != nil:
			return UpOut{}, "", fmt.Errorf("read what devgate up says: %w", unread)
		}
		return out, out.text(), nil
	},
}

func (o UpOut) text() string {
	text := statusText(o.Status)
	if o.AlreadyRunning {
		return "already running, nothing was started\n" + text
	}
	return text
}

// runsAt reports whether a devgate runs the project that a folder belongs to, or that
// of the file, if one is named.
func runsAt(dir, file string) bool {
	root, err := reach.Root(dir, file)
	if err != nil {
		return false // without a file: it runs here, or nowhere
	}
	_, runs := control.Holder(root)
	return runs
}

// askPatience is what `devgate up --detach` may take beyond its own limit: reading the
// file, and the last lines of many services.
const askPatience = 15 * time.Second

// devgateUp runs `devgate up --detach` in dir. It returns what that prints, also where
// it fails; the error is what it says.
func (h host) devgateUp(ctx context.Context, dir string, in UpIn, patience time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience+askPatience, errors.New("devgate up does not answer"))
	defer cancel()
	args := []string{"up", "--detach", "--json", "--color", "never", "--timeout", patience.String()}
	if in.File != "" {
		args = append(args, "--file", in.File)
	}
	cmd := exec.CommandContext(ctx, h.Program, append(append(args, "--"), in.Services...)...)
	cmd.Dir, cmd.Env = dir, h.Environ
	// Out of the agent's session, for the moment in which it has not started a devgate
	// in a session of its own yet.
	cmd.SysProcAttr = proc.Detached()
	var said, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &wrong
	err := cmd.Run()
	switch text := withoutHint(wrong.String()); {
	case err == nil:
		return said.Bytes(), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case text != "":
		return said.Bytes(), errors.New(text)
	}
	return nil, fmt.Errorf("run devgate up: %w", err)
}

// withoutHint is what devgate up says of a failure. Its hint is for people at a prompt; a
// model is told what to call.
func withoutHint(text string) string {
	text = strings.TrimPrefix(strings.TrimSpace(text), "devgate: ")
	return strings.TrimSuffix(text, "\n  hint: "+words.StaysUp)
}

// upFailure says what to do about an up that has failed, where services stand so.
func upFailure(err error, runs bool, s control.Status) error {
	hasFailed := slices.ContainsFunc(s.Services, func(one control.Service) bool { return one.State == event.Failed })
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case runs && s.State == event.Starting && !hasFailed:
		return &failure{err, "devgate runs: call wait_ready to go on waiting, or logs to see what it does; down stops everything"}
	case runs:
		return &failure{err, "devgate runs: mend what failed and save it (a service with a watch starts again by itself, else call restart), then call wait_ready; down stops everything"}
	}
	return &failure{err, "nothing runs; mend it and call up again (check reads the Devgatefile without starting anything)"}
}
