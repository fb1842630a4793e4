package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"devgate/internal/port"
	"devgate/internal/proposal"
	"devgate/internal/session"
	"devgate/procfile"
	"devgate/procfile/schema"
)

func newInit(std streams) *cobra.Command {
	var o proposal.Options
	var print, agents bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a Devgatefile from what is in this folder",
		Long: `devgate init reads the scripts, Procfiles and frameworks of the project in this
folder and writes the Devgatefile that follows from them. It runs nothing, asks
nothing and never overwrites a file. What it cannot know is marked as a guess.

With --agents it writes no Devgatefile: it makes or brings up to date a block in
AGENTS.md that tells coding agents how the project is run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if agents {
				return writeAgents(cmd.Context(), print, std)
			}
			// Two ports that projects like are AirPlay's there, and the file names them
			// with that.
			o.Mac, o.Reserved = runtime.GOOS == "darwin", port.Reserved
			return writeInitial(o, print, std)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&print, "print", false, "print instead of writing")
	f.BoolVar(&o.Compose, "compose", false, "start databases by docker compose, and reach servers that only containers have")
	f.BoolVar(&agents, "agents", false, "keep a block in AGENTS.md that tells coding agents how to run the project")
	cmd.MarkFlagsMutuallyExclusive("agents", "compose")
	return cmd
}

// writeInitial proposes a file for the working directory, and writes or prints it.
func writeInitial(o proposal.Options, print bool, std streams) error {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find working directory: %w", err)
	}
	// --print touches nothing, so a file that is there is no obstacle.
	if !print {
		if err := noneAbove(dir); err != nil {
			return err
		}
	}
	p, text, err := proposed(dir, o, std)
	if err != nil {
		return err
	}
	// The file alone goes to standard output: devgate init --print > Devgatefile.
	if print {
		_, err := std.out.Write(text)
		tell(std.err, p)
		return err
	}
	if err := writeNew(filepath.Join(dir, "Devgatefile"), text); err != nil {
		return err
	}
	if err := session.WriteSchema(dir); err != nil {
		// Only a comfort: the Devgatefile has been written and is whole.
		fmt.Fprintf(std.err, "devgate: cannot write the schema for editors: %v\n", err)
	}
	fmt.Fprintf(std.out, "wrote Devgatefile: %s\n", strings.Join(p.Services, ", "))
	tell(std.out, p)
	fmt.Fprintf(std.out, "devgate up starts it at %s\n", p.URL)
	return nil
}

// proposed returns a proposal, and the text of the file with the line for editors.
func proposed(dir string, o proposal.Options, std streams) (*proposal.Proposal, []byte, error) {
	p, err := proposal.Make(context.Background(), dir, o)
	switch {
	case errors.Is(err, proposal.ErrNothing):
		tell(std.err, p)
		return nil, nil, nothingFound(dir)
	case errors.Is(err, proposal.ErrCollection):
		return nil, nil, collectionFound(dir, p)
	case err != nil:
		return nil, nil, err
	}
	text := slices.Concat([]byte(schema.Line+"\n\n"), p.Text)
	// Its own reader has the last word: what was found in a project may be anything.
	if _, err := procfile.Parse("Devgatefile", text); err != nil {
		return nil, nil, fmt.Errorf("devgate has made a Devgatefile that it does not understand itself, and writes none: %w", err)
	}
	return p, text, nil
}

// noneAbove refuses a second file: the one that is there would be read, or this one
// would hide it.
func noneAbove(dir string) error {
	path, err := procfile.Find(dir)
	// A Procfile is no obstacle: a Devgatefile replaces it.
	if err != nil || filepath.Base(path) != "Devgatefile" {
		return nil
	}
	return usageError(fmt.Errorf("there is a Devgatefile already: %s\n  hint: devgate init --print shows what it would write", path))
}

// writeNew writes a file that is not there yet.
func writeNew(path string, text []byte) error {
	// O_EXCL, as another process may write one between the look and this.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return usageError(fmt.Errorf("%s is there already, and nothing was written", path))
	}
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	// Close tells of a full disk, too.
	return errors.Join(err, file.Close())
}

// tell says what has to be done once, what is not started and why, and what a
// person should know.
func tell(out io.Writer, p *proposal.Proposal) {
	for _, command := range p.First {
		fmt.Fprintf(out, "First: %s\n", command)
	}
	for _, s := range grouped(p.Skipped) {
		fmt.Fprintf(out, "Skip: %s: %s\n", s.What, s.Why)
		if len(s.Lines) > 0 {
			fmt.Fprintf(out, "      to start it all the same:\n        %s\n", strings.Join(s.Lines, "\n        "))
		}
	}
	for _, text := range p.Said {
		fmt.Fprintf(out, "Note: %s\n", text)
	}
	for _, fault := range p.Faults {
		fmt.Fprintf(out, "Note: not read: %s\n", fault)
	}
}

// fewToPaste is how many services with the same reason have their lines shown: more
// of them hide what else is said.
const fewToPaste = 3

// grouped puts what is skipped for the same reason into one line, but for what has
// lines to paste.
func grouped(all []proposal.Skip) []proposal.Skip {
	alike := map[string]int{}
	for _, s := range all {
		alike[s.Why]++
	}
	var groups []proposal.Skip
	for _, s := range all {
		if alike[s.Why] > fewToPaste {
			s.Lines = nil
		}
		s.What = fmt.Sprintf("%s (%s)", s.What, s.Where)
		i := slices.IndexFunc(groups, func(g proposal.Skip) bool { return g.Why == s.Why && len(g.Lines)+len(s.Lines) == 0 })
		if i < 0 {
			groups = append(groups, s)
			continue
		}
		groups[i].What += ", " + s.What
	}
	return groups
}

func nothingFound(dir string) error {
	return fmt.Errorf(`nothing found in %s that starts a server
  looked for: Procfile.dev, scripts of package.json, composer.json, deno.json, files of frameworks
  (Go, Rust, Python, Ruby, PHP, Elixir, .NET, the JVM), compose files, Makefile, justfile, Taskfile, dev.sh, Procfile
  hint: a Devgatefile can be this short:

      [web]
      command = "npm run dev"
      port = 5173`, dir)
}

func collectionFound(dir string, p *proposal.Proposal) error {
	return fmt.Errorf("%s holds %w:\n  %s\n  hint: run devgate init in one of them", dir, proposal.ErrCollection, strings.Join(p.Services, "\n  "))
}
