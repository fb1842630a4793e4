package project

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"devgate/procfile"
)

// cmdScript is what Windows runs for a text without a shell of its own: a simple command as
// it is, anything else by cmd.exe. Values in front of it (NAME=value), which cmd.exe does
// not know, are for its environment.
func cmdScript(text string, lookup procfile.Lookup) (args, set []string, err error) {
	values, rest := leadingValues(text)
	for _, value := range values {
		set = append(set, procfile.Expand(value, lookup))
	}
	words, ok := simpleWords(rest)
	if !ok {
		args, err = cmdLine(rest, lookup)
		return args, set, err
	}
	for i, word := range words {
		words[i] = procfile.Expand(word, lookup)
	}
	return words, set, nil
}

// cmdLine is cmd.exe with a text.
func cmdLine(text string, lookup procfile.Lookup) ([]string, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("cmd.exe runs one line, and this text has several")
	}
	script, err := expandForCmd(text, lookup)
	if err != nil {
		return nil, err
	}
	return []string{"cmd.exe", "/d", "/s", "/c", script}, nil
}

// portReference is $PORT as sh knows it, with or without what holds where there is none.
var portReference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\$PORT\b|\$\{PORT(?::?-[^{}]*)?\}`)
})

// withPort is a line of a Procfile, which is written for sh, with the number in the place of
// $PORT. Port 0 leaves it as it is.
func withPort(text string, port int) string {
	if port == 0 {
		return text
	}
	return portReference().ReplaceAllLiteralString(text, strconv.Itoa(port))
}

// leadingValues takes NAME=value off the front of a text.
func leadingValues(text string) (values []string, rest string) {
	rest = strings.TrimSpace(text)
	for m := leadingValue().FindStringSubmatch(rest); m != nil; m = leadingValue().FindStringSubmatch(rest) {
		values = append(values, m[1]+"="+strings.Trim(m[2], m[3]+m[4]))
		rest = rest[len(m[0]):]
	}
	return values, rest
}

// leadingValue is NAME=value in front of a command, without anything to work out in it. Its
// last two groups are the quotes around the value.
var leadingValue = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=((")[^"$%` + "`" + `\r\n]*"|(')[^'\r\n]*'|[^\s&|()<>"'^%!;` + "`" + `$]*)\s+`)
})

// WithoutValues is a text without NAME=value in front of it, which devgate takes off where
// no shell is named and the system's knows no such thing.
func WithoutValues(text string) string {
	_, rest := leadingValues(text)
	return rest
}

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

// expandForCmd fills placeholders in. Within double quotes cmd.exe takes a value as it is,
// unless it holds one or a %; so a value that is more than a plain word gets quotes of its
// own where it stands outside of them.
func expandForCmd(script string, lookup procfile.Lookup) (string, error) {
	return procfile.ExpandPlaced(script, lookup, func(before, word, value string) (string, error) {
		switch {
		case isPlain(value):
			return value, nil
		// A quote behind a ^ opens nothing, a program reads \" as one that closes nothing,
		// and ! may be a variable where the registry says so.
		case strings.ContainsAny(value, "\"%!\r\n") || strings.HasSuffix(value, `\`) || strings.Contains(before, `^"`) || strings.Contains(before, `\"`):
			return "", unwritable(word, "cmd.exe", value)
		case strings.Count(before, `"`)%2 == 1:
			return value, nil
		}
		return `"` + value + `"`, nil
	})
}
