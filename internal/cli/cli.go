package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"devgate/internal/guard"
	"devgate/internal/project"
	"devgate/procfile"
)

// streams are the standard streams of one call of Main.
type streams struct {
	in       io.Reader
	out, err io.Writer
	args     []string // of the command line
	guarded  bool     // this process is the supervisor of a guard
}

// Main runs devgate and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	std := streams{stdin, stdout, stderr, args, guard.Guarded()}
	err := run(std)
	if !silent(err) {
		fmt.Fprintln(stderr, message(err))
	}
	return codeOf(err)
}

// run does what the arguments say, unless that was done before main.
func run(std streams) error {
	if status, over := guard.Early(); over {
		return endGuard(status, fileOf(std))
	}
	root := newRoot(std)
	root.SetArgs(std.args)
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	return root.ExecuteContext(context.Background())
}

// message puts devgate's name before an error, unless it begins with the place
// in a file.
func message(err error) string {
	var list procfile.ErrorList
	var one *procfile.Error
	if errors.As(err, &list) || errors.As(err, &one) {
		return err.Error()
	}
	return "devgate: " + err.Error()
}

func newRoot(std streams) *cobra.Command {
	up := newUp(std)
	root := &cobra.Command{
		Use:   "devgate",
		Short: "Start the servers of a project behind one port",
		Long: `devgate starts every server of a project on its own port, streams their logs,
puts them behind one port in declared order (a 404 falls through to the next),
and restarts what changed.

Without a command it does "devgate up".`,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return up.RunE(cmd, nil) },
		SilenceUsage:  true,
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
	}
	root.Flags().AddFlagSet(up.Flags())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(fmt.Errorf("%w\n  hint: %s --help lists the flags", err, cmd.CommandPath()))
	})
	root.AddCommand(up, newCheck(std), newStatus(std), newLogs(std), newDown(std), newRun(std), newAttach(std), newWhy(std), newRequests(std), newVersion(std))
	root.AddCommand(newVerbs(std)...)
	usageErrorsEverywhere(root)
	return root
}

// noCommand refuses what is not a command; without arguments all is well.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "devgate --help lists the commands"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return fmt.Errorf("unknown command %q\n  hint: %s", args[0], hint)
}

// usageErrorsEverywhere makes wrong arguments a usage error for each command.
func usageErrorsEverywhere(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError(err)
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		usageErrorsEverywhere(sub)
	}
}

// fileFlag is -f, --file: which Devgatefile.
func fileFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVarP(file, "file", "f", "", "read this Devgatefile instead of looking for one")
}

// load reads the project that a command is about. It adds to o what the process
// itself says.
func load(o *project.Options) (*project.Project, error) {
	o.Environ = os.Environ()
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find working directory: %w", err)
	}
	o.Dir = dir
	p, err := project.Load(context.Background(), *o)
	if errors.Is(err, procfile.ErrNotFound) {
		return nil, usageError(noFile(dir))
	}
	if err != nil {
		return nil, usageError(err)
	}
	return p, nil
}

func noFile(dir string) error {
	return fmt.Errorf(`no Devgatefile, Procfile.dev or Procfile in %s or in a folder above it
  hint: write one; for a server that takes its port from $PORT this is enough:

      [web]
      command = "npm run dev"
      port = 5173`, dir)
}

// rootOf finds the project's folder without reading the file: what runs can be
// asked and stopped even while the Devgatefile is broken.
func rootOf(file string) (string, error) {
	if file == "" {
		dir, err := os.Getwd()
		if err != nil {
			return "", fmt.Errorf("find working directory: %w", err)
		}
		found, err := procfile.Find(dir)
		if errors.Is(err, procfile.ErrNotFound) {
			return "", usageError(noFile(dir))
		}
		if err != nil {
			return "", usageError(err)
		}
		file = found
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("find project folder: %w", err)
	}
	return filepath.Dir(abs), nil
}
