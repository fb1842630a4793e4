package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"devgate/internal/guard"
	"devgate/internal/tty"
	"devgate/procfile"
)

// Main runs devgate and returns its exit code.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	// Nothing of devgate writes to Go's logger. What the standard library writes there
	// (of a server that talks out of turn) is no line of anybody's, and would go between
	// those of the services.
	log.SetOutput(io.Discard)
	if code, is := helper(args); is {
		return code
	}
	defer tty.EnableEscapes(stdout, stderr)()
	// Connect is nil unless this process is the manager that a guard has started.
	std := streams{stdin, stdout, stderr, args, guard.Connect()}
	defer recovered(std, &code)
	err := run(std)
	if !silent(err) {
		fmt.Fprintln(stderr, message(err))
	}
	return codeOf(err)
}

// recovered turns a panic of a command into its exit code, with words. The manager
// is left to the runtime, which tells its guard.
func recovered(std streams, code *int) {
	// Only the guard can tell of a manager's end what recover would not see either: a
	// fatal error, a signal.
	if std.guard != nil {
		return
	}
	if v := recover(); v != nil {
		report := fmt.Sprintf("panic: %v\n\n%s", v, debug.Stack())
		io.WriteString(std.err, report)
		err := crashError(report, "", "")
		fmt.Fprintln(std.err, message(err))
		*code = codeOf(err)
	}
}

// run does what the arguments say, unless that was done before main.
func run(std streams) error {
	// Most guards do their whole work before main, see package guard: only a bad end
	// of their manager leads here.
	if over, err := endEarly(std); over {
		return err
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
	// These begin with FILE:LINE:COL, which editors and terminals make a link of.
	if errors.As(err, &list) || errors.As(err, &one) {
		return err.Error()
	}
	return "devgate: " + err.Error()
}

// Commands are all commands with their flags and words, for who writes about them.
// They are not to be run.
func Commands() *cobra.Command { return newRoot(streams{}) }

func newRoot(std streams) *cobra.Command {
	up := newUp(std)
	// The command without a name has the flags of up, so "devgate --port 4000" works
	// as well.
	// Usage and errors are printed by Main, in one form and with an exit code.
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

		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}, // newCompletion is ours

		SuggestionsMinimumDistance: 2,
	}
	root.Flags().AddFlagSet(up.Flags())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError(fmt.Errorf("%w\n  hint: %s --help lists the flags", err, cmd.CommandPath()))
	})
	root.AddCommand(up, newInit(std), newCheck(std), newStatus(std), newLogs(std), newDown(std), newLs(std), newWait(std), newRun(std), newAttach(std), newWhy(std), newRequests(std), newMCP(std), newExport(std), newSchema(std), newCompletion(std), newVersion(std))
	root.AddCommand(newVerbs(std)...)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	usageErrorsEverywhere(root)
	completeEverywhere(root)
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
// cobra returns such errors as it has them, and codeOf would take them for failures of
// the project.
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
