// Package outline says what a Devgatefile comes to once it has been read: the services
// with what follows for each, the order in which the gateway asks, and what may be
// wrong. It starts nothing.
package outline

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"devgate/internal/lint"
	"devgate/internal/project"
	"devgate/procfile"
)

// Outline is a project as it would be started. No list is null in JSON.
type Outline struct {
	Name     string    `json:"name"`
	URL      string    `json:"url"`
	File     string    `json:"file"`     // the path of what was read; of a project without a file, what it says instead
	Services []Service `json:"services"` // in cascade order
	Cascade  string    `json:"cascade"`  // who is asked for which paths, in order

	moved string // why the gateway's port is not the one that people expect
}

// Service is one service of an Outline. A text is empty where there is nothing to say.
type Service struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`  // backend, worker, task or remote
	Port    string   `json:"port"`  // a number, or auto
	Ready   string   `json:"ready"` // how it is known to be ready
	After   []string `json:"after"`
	Command string   `json:"command"` // of a remote one, its URL
}

// Of makes the outline of a project that has been loaded.
func Of(p *project.Project) Outline {
	o := Outline{Name: p.Name, URL: p.URL, File: p.Path, Services: []Service{}, Cascade: cascadeText(p), moved: p.WhyMoved()}
	for _, s := range p.Services {
		o.Services = append(o.Services, Service{
			Name: s.Name, Kind: s.Kind().String(), Port: s.Service.Port.String(),
			Ready: readyWord(p, s), After: append([]string{}, s.After...), Command: commandText(p, s),
		})
	}
	return o
}

// Write writes the outline as text: a table, and the cascade.
func (o Outline) Write(out io.Writer) error {
	fmt.Fprintf(out, "%s  %s  (%s)\n", o.Name, o.URL, o.File)
	// A Procfile names no port for the gateway: it is said where that differs from what
	// people expect.
	if o.moved != "" {
		fmt.Fprintln(out, o.moved)
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tKIND\tPORT\tREADY\tAFTER\tCOMMAND")
	for _, s := range o.Services {
		fmt.Fprintln(table, strings.Join([]string{s.Name, s.Kind, cmp.Or(s.Port, "-"), cmp.Or(s.Ready, "-"), cmp.Or(strings.Join(s.After, ", "), "-"), s.Command}, "\t"))
	}
	table.Flush()
	_, err := fmt.Fprintf(out, "\ncascade: %s\n", o.Cascade)
	return err
}

// lookPatience bounds the look for what may be wrong: it goes over folders of the
// project, which may lie on a network.
const lookPatience = 5 * time.Second

// Notes is what a person should know before the project is started: what was noticed
// while it was read, and what may be wrong. That is looked for until ctx ends, and no
// longer than 5 s.
func Notes(ctx context.Context, p *project.Project) []string {
	ctx, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	notes := []string{}
	for _, note := range append(p.Notes(), lint.Warnings(ctx, p)...) {
		notes = append(notes, note.Error())
	}
	return notes
}

func readyWord(p *project.Project, s *project.Service) string {
	switch {
	case s.Kind() == procfile.Remote:
		return ""
	case s.JoinsWhenAnswering:
		return "answers HTTP"
	}
	switch r := s.Ready; r.Kind {
	case procfile.ReadyTCP:
		if r.Port == 0 {
			return "tcp " + s.Service.Port.String()
		}
		return fmt.Sprintf("tcp %d", r.Port)
	case procfile.ReadyHTTP:
		return fmt.Sprintf("http %s %d", r.Path, r.Status)
	case procfile.ReadyLog:
		return fmt.Sprintf("log %q", r.Log)
	case procfile.ReadyExec:
		return "exec " + p.Shown(r.Exec, s)
	}
	return ""
}

func commandText(p *project.Project, s *project.Service) string {
	if s.Kind() == procfile.Remote {
		return s.URL
	}
	return p.Shown(s.Service.Command, s)
}

// cascadeText is the order in which backends are asked, with what each is
// asked for.
func cascadeText(p *project.Project) string {
	var steps []string
	for _, s := range p.Services {
		if !s.InCascade() {
			continue
		}
		step := s.Name
		if len(s.Paths) > 0 {
			step += " (" + strings.Join(s.Paths, " ") + ")"
		}
		if s.Final {
			step += " final"
		}
		steps = append(steps, step)
	}
	if p.File.Static != "" {
		steps = append(steps, p.File.Static+"/")
	}
	text := strings.Join(append(steps, "404"), " → ")
	if slices.ContainsFunc(p.Services, func(s *project.Service) bool { return s.JoinsWhenAnswering }) {
		text += " (each once it has answered HTTP)"
	}
	return text
}
