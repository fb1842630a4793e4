package project

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"devgate/procfile"
)

// cmdScript is what Windows runs for a text: a simple command as it is, anything else
// by cmd.exe. Values in front of it (NAME=value), which cmd.exe does not know, are set
// for it.
func cmdScript(text string, lookup procfile.Lookup) ([]string, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("cmd.exe runs one line")
	}
	set := ""
	for m := plainAssignment().FindStringSubmatch(text); m != nil; m = plainAssignment().FindStringSubmatch(text) {
		set += `set "` + m[1] + `"&& `
		text = text[len(m[0]):]
	}
	if words, ok := simpleWords(text); ok && set == "" {
		for i, word := range words {
			words[i] = procfile.Expand(word, lookup)
		}
		return words, nil
	}
	script, err := expandForCmd(set+text, lookup)
	if err != nil {
		return nil, err
	}
	return []string{"cmd.exe", "/d", "/s", "/c", script}, nil
}

// plainAssignment is NAME=value in front of a command, without anything that could mean
// something to cmd.exe.
var plainAssignment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*=[^\s&|()<>"'^%!` + "`" + `$]*)\s+`)
})

// simpleWords are the words of a text that is a program with arguments, and false where
// only cmd.exe can tell. A word, or a piece of one, may be within double quotes; single
// ones and backslashes are text.
func simpleWords(text string) (words []string, ok bool) {
	if strings.ContainsAny(text, "&|<>()^%!\r\n") || strings.Contains(text, `\"`) || strings.Count(text, `"`)%2 != 0 {
		return nil, false
	}
	var word strings.Builder
	begun, quoted := false, false
	for _, c := range text {
		switch {
		case c == '"':
			begun, quoted = true, !quoted
		case (c == ' ' || c == '\t') && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			begun = true
			word.WriteRune(c)
		}
	}
	if begun {
		words = append(words, word.String())
	}
	if len(words) == 0 || words[0] == "" || slices.Contains(cmdWords(), strings.ToLower(words[0])) {
		return nil, false
	}
	return words, true
}

// cmdWords are the commands that are cmd.exe's own.
func cmdWords() []string {
	return strings.Fields("assoc break call cd chdir cls color copy date del dir dpath echo endlocal erase exit for ftype goto if keys md mkdir " +
		"mklink move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time title type ver verify vol")
}

// expandForCmd fills placeholders in where their values mean nothing to cmd.exe.
func expandForCmd(script string, lookup procfile.Lookup) (text string, err error) {
	text = procfile.Expand(script, func(word string) (string, bool) {
		value, known := lookup(word)
		if known && strings.Trim(value, plainForCmd) != "" {
			err = errors.Join(err, fmt.Errorf("the value of {%s} cannot be written in a command that cmd.exe runs: %q", word, value))
		}
		return value, known
	})
	return text, err
}

// plainForCmd are the characters that mean nothing to cmd.exe.
const plainForCmd = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./\:+@~`
