package mcp

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"devgate/internal/outline"
	"devgate/internal/project"
	"devgate/internal/proposal"
	"devgate/internal/reach"
	"devgate/procfile"
)

// CheckIn are the arguments of the tool check.
type CheckIn struct {
	Where
	File string `json:"file,omitempty" jsonschema:"the Devgatefile, where it has another name; a relative path starts at dir"`
}

// CheckOut is what the tool check returns.
type CheckOut struct {
	Outline outline.Outline `json:"outline" jsonschema:"what would be started; ready is how a service is known to be ready"`
	Notes   []string        `json:"notes" jsonschema:"what may be wrong, and should be known before up"`
}

var checkTool = tool[CheckIn, CheckOut]{
	name: "check", title: "Read the Devgatefile",
	description: `Reads the Devgatefile (or Procfile, or without one what the folder holds) and returns what it comes to: services, ports, commands, how each is known to be ready, and the order in which the gateway asks the backends. Errors come all at once, with file:line:col and a hint. It starts nothing and works whether devgate runs or not. Call it after editing the Devgatefile.`,
	run: func(ctx context.Context, h host, in CheckIn) (CheckOut, string, error) {
		dir, err := h.folder(in.Dir)
		if err != nil {
			return CheckOut{}, "", err
		}
		if in.File != "" && !filepath.IsAbs(in.File) {
			in.File = filepath.Join(dir, in.File)
		}
		p, err := project.Load(ctx, project.Options{File: in.File, Dir: dir, Environ: h.Environ})
		if err != nil {
			return CheckOut{}, "", checkFailure(dir, err)
		}
		out := CheckOut{outline.Of(p), outline.Notes(ctx, p)}
		return out, out.text(), nil
	},
}

func (o CheckOut) text() string {
	var b strings.Builder
	o.Outline.Write(&b)
	for _, note := range o.Notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	return b.String()
}

// checkFailure says what to do about a project that cannot be read.
func checkFailure(dir string, err error) error {
	switch {
	case errors.Is(err, procfile.ErrNotFound):
		return &reach.NoProjectError{Dir: dir}
	case errors.Is(err, proposal.ErrCollection):
		return &failure{fmt.Errorf("%s holds %w", dir, err), "call it again with dir of one of them"}
	}
	return &failure{err, "mend what is named and call check again; a devgate that runs goes on with what it has until the file is right"}
}
