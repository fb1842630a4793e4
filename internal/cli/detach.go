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
	"time"

	"devgate/internal/control"
	"devgate/internal/proc"
	"devgate/internal/project"
	"devgate/internal/reach"
	"devgate/internal/session"
	"devgate/internal/words"
)

// detach starts another devgate in a session of its own and returns when all
// is ready there, or has failed. It leaves a failed one running, so that a fix
// can be saved.
func detach(o upOptions, p *project.Project, names []string, std streams) error {
	if record, running := control.Holder(p.Root); running {
		// A script that asks for JSON gets the object of the one that runs, as if it had
		// started it.
		if o.json {
			return printRunning(p.Root, std.out)
		}
		return alreadyRunning(std.out, record)
	}
	began := time.Now()
	child, log, err := startDetached(o, p, names)
	if err != nil {
		return err
	}
	client, answer, err := awaitDetached(p.Root, child, o.timeout)
	var exited *exec.ExitError
	switch {
	case errors.As(err, &exited):
		return earlyEnd(log, exited)
	case err != nil:
		return err
	case o.json:
		err = printJSON(std.out, answer.Status)
	case answer.Ready:
		_, err = fmt.Fprintln(std.out, "devgate: "+session.ReadyLine(answer.Status.URL, backendsOf(answer.Status), time.Since(began)))
	}
	if err != nil || answer.Ready {
		return err
	}
	return words.NotReady(client, answer, o.timeout, words.StaysUp)
}

// printRunning prints how the devgate is that runs already.
func printRunning(root string, out io.Writer) error {
	client, err := reach.Dial(root)
	if err != nil {
		return err
	}
	status, err := client.Status(context.Background())
	if err != nil {
		return err
	}
	return printJSON(out, status)
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
	// Folder and log are there before devgate itself would make them: its first words go
	// there.
	dir := filepath.Join(p.Root, control.Folder, "logs")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, "", fmt.Errorf("make log folder: %w", err)
	}
	path := filepath.Join(dir, "devgate.log")
	// Truncated: it is the log of this one start, and what services print has files of
	// its own.
	log, err := os.Create(path)
	if err != nil {
		return nil, "", fmt.Errorf("open log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(self, append(o.repeated(p), names...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = proc.Detached()
	if err := cmd.Start(); err != nil {
		return nil, "", fmt.Errorf("start devgate in the background: %w", err)
	}
	return cmd, path, nil
}

// repeated are the flags that the devgate in the background needs too.
// --wait is not among them: this process waits.
func (o upOptions) repeated(p *project.Project) []string {
	args := []string{"up", "--format", o.format, "--color", o.colorMode}
	// Absolute, as a path on the command line may be seen from elsewhere; a project without
	// a file is found again from the folder.
	if p.Made == nil {
		args = append(args, "--file", filepath.Join(p.Root, filepath.Base(p.File.Path)))
	}
	if o.port != 0 {
		args = append(args, "--port", strconv.Itoa(o.port))
	}
	if o.host != "" {
		args = append(args, "--host", o.host)
	}
	if o.isolateSet {
		args = append(args, "--isolate="+strconv.FormatBool(o.isolate))
	}
	// The order is a map's; flags have none.
	for flag, set := range map[string]bool{"--timestamps": o.timestamps, "--exit-on-failure": o.exitOnFailure, "--open": o.open} {
		if set {
			args = append(args, flag)
		}
	}
	return args
}

// startPatience is how long beyond its limit a devgate may take to be there: it alone
// can say what is not ready.
const startPatience = 10 * time.Second

// brokenPatience is how long after its last connection a devgate may take to end.
const brokenPatience = time.Second

// awaitDetached returns how everything is once that is decided: all is ready, or what
// is not stays so by itself, or limit is over. The error is the child's end, or that
// it does not answer.
func awaitDetached(root string, child *exec.Cmd, limit time.Duration) (client *control.Client, answer control.Readiness, err error) {
	end := time.Now().Add(limit)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	go func() { // ends with the child, which may outlive us
		err := child.Wait()
		if err == nil {
			err = errors.New("the devgate in the background has ended")
		}
		cancel(err)
	}()
	connecting, stop := context.WithDeadline(ctx, end.Add(startPatience))
	defer stop()
	if client, err = control.Await(connecting, root); err == nil {
		answer, err = reach.AwaitReady(ctx, client, nil, time.Until(end))
	}
	switch {
	case err == nil:
		return client, answer, nil
	case errors.Is(err, control.ErrNotRunning):
		err = fmt.Errorf("devgate (pid %d) runs in the background and does not answer after %s; devgate wait goes on waiting for it", child.Process.Pid, limit+startPatience)
	}
	// Then the child's own words are the better error.
	select { // a connection breaks a moment before its process has ended
	case <-ctx.Done():
		return client, answer, context.Cause(ctx)
	case <-time.After(brokenPatience):
		return client, answer, err
	}
}

func backendsOf(s control.Status) (n int) {
	for _, service := range s.Services {
		// By kind, and not by state: the line says how many stand behind the gateway.
		if service.Kind == "backend" || service.Kind == "remote" {
			n++
		}
	}
	return n
}

// earlyEnd passes on what a devgate said that ended before it was ready.
func earlyEnd(log string, exited *exec.ExitError) error {
	text, _ := os.ReadFile(log)
	return &exitError{code: exited.ExitCode(), err: errors.New(lastWords(string(text), log))}
}

// mostWords is how much of a log is passed on, in bytes: with --exit-on-failure it may
// hold a minute of all that services have printed.
const mostWords = 16 << 10

// lastWords is what a log says, without the name that message puts in front again; of a
// long one it is the end, and where the rest is.
func lastWords(text, log string) string {
	said := strings.TrimPrefix(strings.TrimSpace(text), "devgate: ")
	if len(said) <= mostWords {
		return said
	}
	end := said[len(said)-mostWords:]
	if _, whole, ok := strings.Cut(end, "\n"); ok {
		end = whole
	}
	return fmt.Sprintf("the devgate in the background has ended; %s has all that it said, the end of which is\n%s", log, strings.ToValidUTF8(end, ""))
}
