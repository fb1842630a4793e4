package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"devgate/procfile"
)

// completionPatience is how long a person who has pressed Tab waits for names.
const completionPatience = time.Second

// names completes the services that a command may be given, none of them twice. A
// project that cannot be read has none: whoever presses Tab has asked for no error.
func names(suits func(*procfile.Service) bool, further ...string) cobra.CompletionFunc {
	// An error on standard error would be printed into the line that is being typed.
	return func(cmd *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		all := slices.Clone(further)
		// Every command with names has a --file; Flag would be nil without.
		for _, s := range servicesAt(cmd.Context(), cmd.Flag("file").Value.String()) {
			if suits(s) {
				all = append(all, fmt.Sprintf("%s\t%s", s.Name, inShort(s)))
			}
		}
		return slices.DeleteFunc(all, func(one string) bool { return slices.Contains(given, firstField(one)) }), cobra.ShellCompDirectiveNoFileComp
	}
}

// firstField is the name in what a shell is offered.
func firstField(offered string) string {
	name, _, _ := strings.Cut(offered, "\t")
	return name
}

// oneName is names for a command that takes one service; what follows it is completed
// as then says.
func oneName(suits func(*procfile.Service) bool, then cobra.ShellCompDirective) cobra.CompletionFunc {
	first := names(suits)
	return func(cmd *cobra.Command, given []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(given) > 0 {
			return nil, then
		}
		return first(cmd, given, typed)
	}
}

// startedHere suits what devgate starts: the rest can be neither stopped nor waited for.
func startedHere(s *procfile.Service) bool { return s.Kind() != procfile.Remote }

// hasTerminal suits what can be attached to.
func hasTerminal(s *procfile.Service) bool { return s.PTY }

// servicesAt are the services of the project that a command would be about.
func servicesAt(ctx context.Context, file string) []*procfile.Service {
	// A file on a network that does not answer must not hang the shell.
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	dir, err := os.Getwd()
	if err != nil {
		return nil
	}
	if file == "" {
		if file, err = procfile.Find(dir); err != nil {
			return nil
		}
	}
	// Read and not loaded: ports and env files are of no use here, and cost time.
	f, err := procfile.Read(ctx, file)
	if err != nil {
		return nil
	}
	return f.Services
}

// inShort is what a shell shows beside a name.
func inShort(s *procfile.Service) string {
	if port := s.Port.String(); port != "" {
		return s.Kind().String() + ", port " + port
	}
	return s.Kind().String()
}
