package cli

import (
	"errors"
	"fmt"
	"io"
	"time"

	"devgate/internal/logmux"
	"devgate/internal/project"
	"devgate/internal/session"
	"devgate/procfile"
)

// upOptions are the flags of `devgate up`.
type upOptions struct {
	file          string
	port          int
	host          string
	isolate       bool
	isolateSet    bool // the command line says it, one way or the other
	detach, wait  bool
	json          bool
	exitOnFailure bool
	timestamps    bool
	format        string
	colorMode     string
	open          bool
	timeout       time.Duration

	color bool // worked out from colorMode
}

func (o upOptions) logFormat() logmux.Format {
	if o.format == "json" {
		return logmux.JSON
	}
	return logmux.Text
}

// isolation is what the command line says of ports of this checkout's own.
func (o upOptions) isolation() procfile.Isolate {
	switch {
	case !o.isolateSet:
		return procfile.IsolateAuto
	case o.isolate:
		return procfile.IsolateOn
	}
	return procfile.IsolateOff
}

// check refuses flags that mean nothing.
func (o *upOptions) check(out io.Writer) (err error) {
	switch {
	case o.format != "text" && o.format != "json":
		return usageError(fmt.Errorf("--format %s: want text or json", o.format))
	// Without --detach nothing would ever print that object.
	case o.json && !o.detach:
		return usageError(errors.New("--json goes with --detach\n  hint: devgate up --format json prints every line as JSON"))
	case o.port < 0 || o.port > 65535:
		return usageError(fmt.Errorf("--port %d: want 1-65535", o.port))
	}
	if err := checkTimeout(o.timeout); err != nil {
		return err
	}
	o.color, err = wantColor(o.colorMode, out)
	return err
}

// session is what the flags mean to a session.
func (o upOptions) session(p *project.Project, source project.Options, names []string) session.Options {
	all := session.Options{
		Project: p, Source: source,
		Format: o.logFormat(), Color: o.color, Timestamps: o.timestamps,
		Version: version(), OpenWhenReady: o.open, ExitOnFailure: o.exitOnFailure,
	}
	// nil means all; an empty list would be none.
	if len(names) > 0 {
		all.First = names
	}
	// Without --wait there is no time at which it is late.
	if o.wait {
		all.Late = o.timeout
	}
	return all
}
