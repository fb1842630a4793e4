package project

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"devgate/internal/proc"
	"devgate/procfile"
)

// systemHint is the way out that is always there where no shell is named: a list needs
// no quotes.
const systemHint = `command = ["program", "argument"] is run as it is, and shell = "sh" reads the text as elsewhere`

// programEnding ends the name of a program.
const programEnding = ".exe"

// systemScript is what runs a text where no shell is named. $PORT stands for a port that is
// not 0: nothing here would read it.
func systemScript(text string, port int, lookup procfile.Lookup) (args, set []string, err error) {
	return cmdScript(withPort(text, port), lookup)
}

// shScript is the sh of Git with a text.
func shScript(text string, lookup procfile.Lookup) ([]string, error) {
	script, err := procfile.ExpandScript(text, lookup)
	if err != nil {
		return nil, err
	}
	program, _ := findGitShell() // without one nothing is started, see refusal
	return []string{program, "-c", script}, nil
}

// pwshProgram is the PowerShell that the service finds, else the old one that every
// Windows has.
func pwshProgram(s *Service) string {
	if _, err := proc.LookPath("pwsh", s.Dir, s.Env); err == nil {
		return "pwsh"
	}
	return "powershell"
}

// refusal says that the shell of the service is not there, or is nil.
func refusal(s *Service) *Refusal {
	if s.Shell != procfile.ShellSh {
		return nil
	}
	if _, found := findGitShell(); found {
		return nil
	}
	return &Refusal{`shell = "sh" is the sh of Git for Windows, which was not found`,
		"install it (winget install Git.Git), then start devgate again from a new terminal"}
}

// gitPatience bounds how long a git may take to say where it is.
const gitPatience = 2 * time.Second

// findGitShell is the sh that comes with Git, by this process's environment, which stays
// what it is.
var findGitShell = sync.OnceValues(func() (path string, found bool) {
	return gitShell(os.Getenv, isFile, func(git string) string {
		ctx, cancel := context.WithTimeout(context.Background(), gitPatience)
		defer cancel()
		out, err := exec.CommandContext(ctx, git, "--exec-path").Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	})
})

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
