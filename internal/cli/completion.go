package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// shell is one that a completion script is written for.
type shell struct {
	name  string
	write func(root *cobra.Command, out io.Writer) error
}

// shells are all of them.
// A function, as package-level state is none that Main may keep.
func shells() []shell {
	return []shell{
		{"bash", func(root *cobra.Command, out io.Writer) error { return root.GenBashCompletionV2(out, true) }},
		{"zsh", func(root *cobra.Command, out io.Writer) error { return root.GenZshCompletion(out) }},
		{"fish", func(root *cobra.Command, out io.Writer) error { return root.GenFishCompletion(out, true) }},
		{"powershell", func(root *cobra.Command, out io.Writer) error { return root.GenPowerShellCompletionWithDesc(out) }},
	}
}

func newCompletion(std streams) *cobra.Command {
	var names []string
	for _, s := range shells() {
		names = append(names, s.name)
	}
	list := strings.Join(names, ", ")
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a script that completes commands, services and files (" + list + ")",
		Long: `devgate completion prints a script that lets a shell complete devgate's commands
and flags, the services of the project you are in, and files.

  bash  source <(devgate completion bash)         in ~/.bashrc; needs the package bash-completion
  zsh   source <(devgate completion zsh)          in ~/.zshrc, after compinit
  fish  devgate completion fish | source          in ~/.config/fish/config.fish
  powershell  devgate completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return fmt.Errorf("want the name of a shell: %s\n  hint: devgate completion --help says what to do with the script", list)
			case shellNamed(args[0]) == nil:
				return fmt.Errorf("unknown shell %q: there are %s", args[0], list)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return shellNamed(args[0]).write(cmd.Root(), std.out) },
	}
}

// shellNamed is the shell of a name, or nil.
func shellNamed(name string) *shell {
	for _, s := range shells() {
		if s.name == name {
			return &s
		}
	}
	return nil
}

// completeEverywhere offers files where a file is meant, and nowhere else: a command that
// takes none is not helped by the names of all that lie around.
func completeEverywhere(cmd *cobra.Command) {
	// cobra's own default is to offer the files of the folder.
	if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for flag, words := range map[string][]string{"color": {"auto", "always", "never"}, "format": {"text", "json"}} {
		if cmd.Flags().Lookup(flag) != nil {
			// The error is for a flag that does not exist, which has just been looked up.
			cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	if cmd.Flags().Lookup("file") != nil {
		cmd.RegisterFlagCompletionFunc("file", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		})
	}
	for _, sub := range cmd.Commands() {
		completeEverywhere(sub)
	}
}
