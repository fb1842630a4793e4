package mcp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"devgate/internal/control"
	"devgate/internal/reach"
)

// host is the process that the server is in.
type host struct{ Options }

// folder is the absolute path that a call's dir means.
func (h host) folder(dir string) (string, error) {
	if dir == "" {
		return h.Dir, nil
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(h.Dir, dir)
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return "", &failure{fmt.Errorf("dir %s: %w", dir, errors.Unwrap(err)), "give a folder that exists; a relative one starts at " + h.Dir}
	case !info.IsDir():
		return "", &failure{fmt.Errorf("dir %s is a file", dir), "give the folder that it is in"}
	}
	return filepath.Clean(dir), nil
}

// running is the devgate that a call is about, as it was found for this call.
type running struct {
	*control.Client
	root string
	pid  int // that people see
}

// find dials the devgate of the project that dir belongs to.
func (h host) find(dir string) (*running, error) {
	return h.reach(dir, reach.Dial)
}

// findSoon is find for one that may only just have been started.
func (h host) findSoon(ctx context.Context, dir string) (*running, error) {
	return h.reach(dir, func(root string) (*control.Client, error) { return reach.DialSoon(ctx, root) })
}

func (h host) reach(dir string, dial func(root string) (*control.Client, error)) (*running, error) {
	dir, err := h.folder(dir)
	if err != nil {
		return nil, err
	}
	root, err := reach.Root(dir, "")
	if err != nil {
		return nil, err
	}
	client, err := dial(root)
	if err != nil {
		return nil, err
	}
	record, _ := control.Holder(root)
	return &running{client, root, record.PID}, nil
}

// endPatience is how long after its last word a devgate may take to end.
const endPatience = time.Second

// explained is an error of this devgate's, or that it has ended in the middle: over
// the socket that is an end of file, or a reset, which says nothing to anybody.
func (r *running) explained(ctx context.Context, err error) error {
	var refused *control.Error
	if err == nil || ctx.Err() != nil || errors.As(err, &refused) || isFailure(err) {
		return err
	}
	if !r.ends(ctx) {
		return err
	}
	return &failure{
		fmt.Errorf("the devgate that was asked (pid %d, in %s) has ended before it had answered", r.pid, r.root),
		"call up to start it again; " + filepath.Join(r.root, control.Folder, "logs") + " has what the services printed last",
	}
}

// ends waits for the end of a devgate that has stopped answering, and reports whether
// it came. Polled, as a lock that is dropped tells nobody.
func (r *running) ends(ctx context.Context) bool {
	end := time.Now().Add(endPatience)
	for {
		if record, runs := control.Holder(r.root); !runs || record.PID != r.pid {
			return true
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return false
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// limit reads a timeout; "" is the one that a tool has by itself.
func limit(text string, usual time.Duration) (time.Duration, error) {
	if text == "" {
		return usual, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, &failure{fmt.Errorf("timeout %q: want a duration above 0, such as 45s", text), "call it again with one, or without timeout"}
	}
	return d, nil
}

// usualLimit is how long a tool waits for services unless it is told. Many clients
// give up after a minute, and then nobody hears what is missing.
const usualLimit = 45 * time.Second
