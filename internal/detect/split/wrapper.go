package split

import (
	"slices"
	"strings"

	"devgate/internal/detect/shell"
)

// wrapper is a program that sets the stage for the command behind it.
type wrapper struct {
	words   []string // how it is called
	valued  []string // its flags that have a value
	assigns bool     // NAME=value words may stand in front of the command
}

// wrappers are what a command is looked for behind.
// The order is that of first match, so no entry may be the beginning of one below it.
var wrappers = []wrapper{
	{words: []string{"cross-env"}, assigns: true},
	{words: []string{"cross-env-shell"}, assigns: true},
	{words: []string{"env"}, assigns: true},
	{words: []string{"dotenv"}, valued: []string{"-e", "-p", "-v", "-f"}},
	{words: []string{"dotenvx", "run"}, valued: []string{"-f", "-e"}},
	{words: []string{"dotenv-flow"}, valued: []string{"-e", "-p"}},
	{words: []string{"env-cmd"}, valued: []string{"-f", "-e"}},
	{words: []string{"doppler", "run"}, valued: []string{"-p", "-c"}},
	{words: []string{"infisical", "run"}, valued: []string{"--env", "--path"}},
	{words: []string{"op", "run"}, valued: []string{"--env-file"}},
	// A package manager that only runs a program is a wrapper; one that runs a script is
	// in call.go.
	{words: []string{"npx"}, valued: []string{"-p", "--package"}},
	{words: []string{"bunx"}},
	{words: []string{"pnpx"}},
	{words: []string{"npm", "exec"}},
	{words: []string{"pnpm", "exec"}},
	{words: []string{"pnpm", "dlx"}},
	{words: []string{"yarn", "exec"}},
	{words: []string{"yarn", "dlx"}},
	{words: []string{"bun", "x"}},
	{words: []string{"bundle", "exec"}},
	{words: []string{"uv", "run"}, valued: []string{"--env-file", "--with", "--extra", "--group", "--package", "--python", "-p", "--directory", "--project"}},
	{words: []string{"poetry", "run"}},
	{words: []string{"pdm", "run"}},
	{words: []string{"pipenv", "run"}},
	{words: []string{"rye", "run"}},
	{words: []string{"hatch", "run"}},
	{words: []string{"nohup"}},
	{words: []string{"time"}},
	// With exec the shell is replaced: for what runs it makes no difference here.
	{words: []string{"exec"}},
	{words: []string{"nice"}, valued: []string{"-n"}},
	{words: []string{"mise", "exec"}},
	{words: []string{"mise", "x"}},
	{words: []string{"go", "tool"}},
}

// unwrap returns where the command begins that some words lead to, and what is set
// for it on the way.
func unwrap(words []shell.Word) (begin int, env []shell.Var) {
	for {
		for begin+1 < len(words) && isOptional(words[begin]) {
			begin++
		}
		i := slices.IndexFunc(wrappers, func(w wrapper) bool { return w.begins(words[begin:]) })
		if i < 0 {
			return begin, env
		}
		next, more := wrappers[i].behind(words, begin)
		// "env" alone, or "npx" with flags only, starts itself.
		if next >= len(words) {
			return begin, env // nothing behind it: it is the command
		}
		begin, env = next, append(env, more...)
	}
}

// isOptional reports whether a word is like ${DEBUG:+rdbg}: nothing, unless somebody
// debugs.
// A Procfile of Rails has it in front of its server.
func isOptional(w shell.Word) bool {
	return !w.Plain && strings.HasPrefix(w.Text, "${") && strings.Contains(w.Text, ":+")
}

func (w wrapper) begins(words []shell.Word) bool {
	if len(words) < len(w.words) || programName(words[0].Text) != w.words[0] {
		return false
	}
	return len(w.words) == 1 || words[1].Text == w.words[1]
}

// behind goes over a wrapper's flags and assignments.
func (w wrapper) behind(words []shell.Word, at int) (int, []shell.Var) {
	var env []shell.Var
	for i := at + len(w.words); i < len(words); i++ {
		text := words[i].Text
		name, value, assigned := strings.Cut(text, "=")
		switch {
		case text == "--":
			return i + 1, env
		// Its value is skipped, so that it is not taken for the command.
		case slices.Contains(w.valued, text):
			i++
		case strings.HasPrefix(text, "-"):
		case w.assigns && assigned:
			env = append(env, shell.Var{Name: name, Value: value})
		default:
			return i, env
		}
	}
	return len(words), env
}

// innerText returns the text that "sh -c TEXT" runs.
func innerText(words []shell.Word) (string, bool) {
	if len(words) < 3 || !slices.Contains([]string{"sh", "bash", "zsh"}, programName(words[0].Text)) {
		return "", false
	}
	for i, w := range words[1 : len(words)-1] {
		// "-c" may stand among others: bash -lc "…".
		if strings.HasPrefix(w.Text, "-") && strings.HasSuffix(w.Text, "c") {
			return words[i+2].Text, words[i+2].Plain
		}
	}
	return "", false
}
