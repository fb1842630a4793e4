// Package proposal is the way from a folder to the Devgatefile that its owner would
// have written: what is there, what follows from it, and the text.
//
// It writes nothing, runs nothing, and ends within [input.Patience], also where a
// file system does not answer.
package proposal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"devgate/internal/detect"
	"devgate/internal/detect/found"
	"devgate/internal/draft"
	"devgate/internal/draft/render"
	"devgate/internal/input"
)

// Why there is no proposal for a folder. Beside these errors Make returns what it
// has to say all the same.
var (
	ErrNothing    = draft.ErrNothing
	ErrCollection = draft.ErrCollection
)

// Options are those of package draft.
type Options = draft.Options

// Proposal is a Devgatefile for a folder, and what is to be said beside it.
type Proposal struct {
	Text     []byte   // of the file; nil beside an error
	URL      string   // where the project would be reached
	Services []string // their names, in the order of the file; beside ErrCollection their folders
	Procfile bool     // all of them are lines of a Procfile

	First   []string // commands that have to run once before
	Skipped []Skip   // what was found and would not be started
	Said    []string // what a person should know
	Faults  []string // files that could not be read, with the reason
}

// Skip is something that was found and would not be started.
type Skip struct {
	What  string // a name, a script or a folder
	Where string // a file or a folder
	Why   string
	Lines []string // of a Devgatefile, for a person who wants it all the same; nil for nothing
}

// Make looks at a folder. The error is ErrNothing, ErrCollection, or why the folder
// could not be read.
func Make(ctx context.Context, dir string, o Options) (*Proposal, error) {
	findings, err := input.Within(ctx, dir, func() (*found.Findings, error) { return detect.Folder(dir) })
	if err != nil {
		return nil, err
	}
	plan, err := draft.Make(findings, o)
	p := &Proposal{Said: plainAll(plan.Said), Faults: plainAll(findings.Faults)}
	for _, s := range plan.Skipped {
		p.Skipped = append(p.Skipped, Skip{What: plain(s.What), Where: plain(s.Where), Why: plain(s.Why), Lines: render.Paste(s.Paste)})
	}
	if errors.Is(err, ErrCollection) {
		for _, s := range findings.Services {
			p.Services = append(p.Services, plain(s.Dir))
		}
	}
	if err != nil {
		return p, err
	}
	p.Text, p.URL, p.First = render.Devgatefile(plan), fmt.Sprintf("http://localhost:%d", plan.Port), plainAll(plan.First)
	p.Procfile = true
	for _, s := range plan.Services {
		p.Services = append(p.Services, s.Name)
		p.Procfile = p.Procfile && s.From == "Procfile"
	}
	return p, nil
}

// plain shows what a terminal would obey: names and texts are those of the folder,
// which may be anybody's.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return unicode.ReplacementChar
		}
		return c
	}, text)
}

func plainAll(texts []string) []string {
	for i, text := range texts {
		texts[i] = plain(text)
	}
	return texts
}
