package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"devgate/internal/lint"
	"devgate/internal/project"
	"devgate/procfile"
)

func newCheck(std streams) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Read the Devgatefile and print what it says",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			p, err := load(&project.Options{File: file})
			if err != nil {
				return err
			}
			return printProject(std.out, p)
		},
	}
	fileFlag(cmd, &file)
	return cmd
}

// lookPatience bounds the look for what may be wrong: it goes over folders of the
// project, which may lie on a network.
const lookPatience = 5 * time.Second

// printProject prints the resolved services and the cascade.
func printProject(out io.Writer, p *project.Project) error {
	fmt.Fprintf(out, "%s  %s  (%s)\n", p.Name, p.URL, p.Path)
	// A Procfile names no port for the gateway: it is said where that differs from what
	// people expect.
	if text := p.WhyMoved(); text != "" {
		fmt.Fprintln(out, text)
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tKIND\tPORT\tREADY\tAFTER\tCOMMAND")
	for _, s := range p.Services {
		fmt.Fprintln(table, strings.Join([]string{s.Name, s.Kind().String(), portText(s), readyWord(p, s), listOr(s.After), commandText(p, s)}, "\t"))
	}
	table.Flush()
	if _, err := fmt.Fprintf(out, "\ncascade: %s\n", cascadeText(p)); err != nil {
		return err // nobody has read what was checked
	}
	// Warnings come last and only look: an exit code of 0 says that the file is good.
	ctx, cancel := context.WithTimeout(context.Background(), lookPatience)
	defer cancel()
	for _, note := range append(p.Notes(), lint.Warnings(ctx, p)...) {
		fmt.Fprintf(out, "\n%s\n", note)
	}
	return nil
}

func portText(s *project.Service) string {
	if p := s.Service.Port.String(); p != "" {
		return p
	}
	return "-"
}

func readyWord(p *project.Project, s *project.Service) string {
	switch {
	case s.Kind() == procfile.Remote:
		return "-"
	case s.JoinsWhenAnswering:
		return "answers HTTP"
	}
	switch r := s.Ready; r.Kind {
	case procfile.ReadyTCP:
		if r.Port == 0 {
			return "tcp " + portText(s)
		}
		return fmt.Sprintf("tcp %d", r.Port)
	case procfile.ReadyHTTP:
		return fmt.Sprintf("http %s %d", r.Path, r.Status)
	case procfile.ReadyLog:
		return fmt.Sprintf("log %q", r.Log)
	case procfile.ReadyExec:
		return "exec " + p.Shown(r.Exec, s)
	}
	return "-"
}

func commandText(p *project.Project, s *project.Service) string {
	if s.Kind() == procfile.Remote {
		return s.URL
	}
	return p.Shown(s.Service.Command, s)
}

func listOr(names []string) string {
	if len(names) == 0 {
		return "-"
	}
	return strings.Join(names, ", ")
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
