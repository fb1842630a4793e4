package procfile

import "strings"

// Shell is what reads the texts among a service's commands.
type Shell int

// The values of shell. The zero value is what each system has for it.
const (
	ShellUnset Shell = iota // sh; on Windows what a text looks like decides
	ShellSh                 // a POSIX shell; on Windows that of Git
	ShellCmd                // cmd.exe, on Windows alone
	ShellPwsh               // PowerShell
)

// String returns the word as it is written in a Devgatefile, "" for ShellUnset.
func (s Shell) String() string { return pick(int(s), "", "sh", "cmd", "pwsh") }

// IsPOSIX reports whether a text for the shell is written in the words of sh.
func (s Shell) IsPOSIX() bool { return s == ShellUnset || s == ShellSh }

// shellWords are what can be written, in the order of the values.
func shellWords() []string {
	return []string{ShellSh.String(), ShellCmd.String(), ShellPwsh.String()}
}

// shellName is the word for a shell.
func shellName() valueType[Shell] {
	return valueType[Shell]{
		Type: Type{"`" + strings.Join(quoted(shellWords()), "`, `") + "`", []Form{{Shape: Text, Words: shellWords()}}},
		read: (*reader).shell,
	}
}

// shell reads the word for a shell.
func (r *reader) shell(n *node, old Shell) Shell {
	text, _ := n.val.(string)
	for i, word := range shellWords() {
		if text == word {
			return Shell(i + 1)
		}
	}
	r.want(n, oneOf(shellWords()), shellHint(text))
	return old
}

// shellHint guesses what somebody has meant by another word.
func shellHint(text string) string {
	name := strings.TrimSuffix(strings.ToLower(text[strings.LastIndexAny(text, `/\`)+1:]), ".exe")
	switch name {
	case "bash", "sh", "zsh", "dash", "ash", "ksh", "git-bash", "posix":
		return `write shell = "sh"; a script of bash's own is run by a list: ["bash", "-c", "..."]`
	case "cmd", "command", "batch", "bat", "dos":
		return `write shell = "cmd"`
	case "pwsh", "powershell", "ps", "ps1":
		return `write shell = "pwsh"`
	}
	if strings.Contains(text, " ") {
		return `what is run stands in command = "..."`
	}
	return ""
}
