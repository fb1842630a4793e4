package proc

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
)

// isBatch reports whether a program is a script of cmd.exe, as npm.cmd is.
func isBatch(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".bat" || ext == ".cmd"
}

// batchLine is the command line by which cmd.exe runs a script with arguments, each as
// it is. cmd.exe has rules of its own, which no way of quoting for other programs
// knows: whatever it could take for more than text is within quotes, and what it reads
// within quotes, too (%), is taken apart. It is an error where that cannot be.
func batchLine(script string, args []string) (string, error) {
	// /d: nothing of the registry's is run first. /v:off: a "!" is a "!".
	line := `cmd.exe /d /e:on /v:off /c ""` + script + `"`
	if strings.ContainsAny(script, "\"%\r\n\x00") {
		return "", errors.New("a script with % or a quote in its path cannot be run")
	}
	for _, arg := range args {
		if strings.ContainsAny(arg, "\r\n\x00") {
			return "", errors.New("an argument of a script cannot have more than one line")
		}
		line += " " + batchArgument(arg)
	}
	return line + `"`, nil
}

// batchArgument quotes one argument. A quote within quotes is two; backslashes before a
// quote are doubled, since the program that gets the argument in the end reads them so.
// %% does not stand for a percent sign on a command line; a variable that is none
// (%cd:~,% is an empty piece of the folder) keeps the next name from being one.
func batchArgument(arg string) string {
	if arg != "" && strings.Trim(arg, plainBatch) == "" {
		return arg
	}
	var b strings.Builder
	backslashes := 0
	b.WriteByte('"')
	for _, c := range arg {
		switch c {
		case '\\':
			backslashes++
		case '"':
			b.WriteString(strings.Repeat(`\`, backslashes) + `"`)
			backslashes = 0
		case '%':
			b.WriteString(`%%cd:~,`)
			backslashes = 0
		default:
			backslashes = 0
		}
		b.WriteRune(c)
	}
	b.WriteString(strings.Repeat(`\`, backslashes) + `"`)
	return b.String()
}

// shellName is the program that runs texts.
const shellName = "cmd.exe"

// shellText is the command line by which cmd.exe runs a text (cmd.exe /d /s /c TEXT), and
// false for any other command. The text is within quotes, of which /s takes away the first
// and the last, and nothing else: cmd.exe reads no quoted quotes.
func shellText(args []string) (line string, is bool) {
	head := []string{shellName, "/d", "/s", "/c"}
	if len(args) != len(head)+1 || !slices.Equal(args[:len(head)], head) {
		return "", false
	}
	return strings.Join(head, " ") + ` "` + args[len(head)] + `"`, true
}

// plainBatch are the characters that mean nothing to cmd.exe.
const plainBatch = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./\:+@#$`

// uniqueEnvironment leaves of several entries for one name the last: Windows takes names
// for the same in upper and lower case, and hands on the first. Without systemRoot no
// program finds the system's libraries. Names may begin with "=", as the folders that
// cmd.exe remembers do.
func uniqueEnvironment(env []string, systemRoot string) []string {
	last := map[string]int{}
	for i, entry := range env {
		last[environmentName(entry)] = i
	}
	var all []string
	for i, entry := range env {
		if entry != "" && last[environmentName(entry)] == i {
			all = append(all, entry)
		}
	}
	if _, has := last["SYSTEMROOT"]; !has && systemRoot != "" {
		all = append(all, "SYSTEMROOT="+systemRoot)
	}
	return all
}

func environmentName(entry string) string {
	if entry == "" {
		return ""
	}
	name, _, _ := strings.Cut(entry[1:], "=")
	return strings.ToUpper(entry[:1] + name)
}
