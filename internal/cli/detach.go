package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/internal/session"
)

const (
	detachPoll = 50 * time.Millisecond // how often the devgate in the background is asked how it is
	tailLines  = 20                    // of the output of a service that is not ready
)

// detach starts another devgate in a session of its own and returns when all
// is ready there, or has failed. It leaves a failed one running, so that a fix
// can be saved.
func detach(o upOptions, p *project.Project, names []string, std streams) error {
	if record, running := control.Holder(p.Root); running {
		return alreadyRunning(std.out, record)
	}
	began := time.Now()
	child, log, err := startDetached(o, p, names)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	status, err := awaitDetached(ctx, p.Root, child)
	var exited *exec.ExitError
	switch {
	case errors.As(err, &exited):
		return earlyEnd(log, exited)
	case err != nil && ctx.Err() == nil:
		return err
	case status.State == event.Ready:
		_, err := fmt.Fprintln(std.out, "devgate: "+session.ReadyLine(status.URL, backendsOf(status), time.Since(began)))
		return err
	}
	return detachedFailure(p.Root, status, o.timeout)
}

func alreadyRunning(out io.Writer, r control.Record) error {
	_, err := fmt.Fprintf(out, "already running (pid %d) %s\n", r.PID, r.URL)
	return err
}

// startDetached runs `devgate up` without a terminal; what it prints goes to a
// log file.
func startDetached(o upOptions, p *project.Project, names []string) (*exec.Cmd, string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", fmt.Errorf("find devgate's own program: %w", err)
	}
	dir := filepath.Join(p.Root, control.Folder, "logs")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, "", fmt.Errorf("make log folder: %w", err)
	}
	path := filepath.Join(dir, "devgate.log")
	log, err := os.Create(path)
	if err != nil {
		return nil, "", fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(self, append(o.repeated(p), names...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("start devgate in the background: %w", err)
	}
	return cmd, path, nil
}

// repeated are the flags that the devgate in the background needs too.
func (o upOptions) repeated(p *project.Project) []string {
	args := []string{"up", "--format", o.format, "--color", o.colorMode}
	if p.Made == nil {
		args = append(args, "--file", filepath.Join(p.Root, filepath.Base(p.File.Path)))
	}
	if o.port != 0 {
		args = append(args, "--port", strconv.Itoa(o.port))
	}
	if o.host != "" {
		args = append(args, "--host", o.host)
	}
	for flag, set := range map[string]bool{"--timestamps": o.timestamps, "--exit-on-failure": o.exitOnFailure, "--open": o.open} {
		if set {
			args = append(args, flag)
		}
	}
	return args
}

// awaitDetached returns the status that decides: ready, or failed with nothing
// on its way any more. The error is the child's end or that of ctx.
func awaitDetached(ctx context.Context, root string, child *exec.Cmd) (status control.Status, err error) {
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }() // ends with the child, which may outlive us
	tick := time.NewTicker(detachPoll)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err == nil {
				err = errors.New("the devgate in the background has ended")
			}
			return status, err
		case <-ctx.Done():
			return status, ctx.Err()
		case <-tick.C:
		}
		client, err := control.Dial(root)
		if err != nil {
			continue
		}
		if now, err := client.Status(ctx); err == nil {
			status = now
		}
		if status.State == event.Ready || status.State == event.Failed && !underWay(status) {
			return status, nil
		}
	}
}

// underWay reports whether a service may still become ready by itself.
func underWay(s control.Status) bool {
	for _, service := range s.Services {
		if !service.State.Settled() && service.State != event.Waiting {
			return true
		}
	}
	return false
}

func backendsOf(s control.Status) (n int) {
	for _, service := range s.Services {
		if service.Kind == "backend" || service.Kind == "remote" {
			n++
		}
	}
	return n
}

// earlyEnd passes on what a devgate said that ended at once.
func earlyEnd(log string, exited *exec.ExitError) error {
	text, _ := os.ReadFile(log)
	said := strings.TrimPrefix(strings.TrimSpace(string(text)), "devgate: ")
	return &exitError{code: exited.ExitCode(), err: errors.New(said)}
}

// detachedFailure shows the last lines of each service that is not ready.
func detachedFailure(root string, status control.Status, timeout time.Duration) error {
	var b strings.Builder
	fmt.Fprintf(&b, "not everything is ready")
	if status.State != event.Failed {
		fmt.Fprintf(&b, " after %s", timeout)
	}
	for _, s := range status.Services {
		if s.State == event.Ready || s.State == event.Done || s.State == event.Stopped || s.State == event.Exited {
			continue
		}
		fmt.Fprintf(&b, "\n%s: %s", s.Name, s.State)
		if s.Reason != "" {
			b.WriteString(": " + s.Reason)
		}
		writeTail(&b, root, s.Name)
	}
	b.WriteString("\n  hint: devgate stays up, so that a fix can be saved; devgate logs -f shows more, devgate down stops it")
	return errors.New(b.String())
}

func writeTail(w io.Writer, root, name string) {
	client, err := control.Dial(root)
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var tail []string
	client.Logs(ctx, control.LogQuery{Services: []string{name}}, func(l logmux.Line) error {
		if l.Stream != logmux.Devgate {
			tail = append(tail[max(0, len(tail)-tailLines+1):], l.Text)
		}
		return nil
	})
	for _, line := range tail {
		fmt.Fprintf(w, "\n    %s", line)
	}
}
