package files

import (
	"path"
	"strconv"
	"strings"

	"devgate/internal/detect/pattern"
)

var (
	// dotenvLine finds "A=1", "export A=1", "A: 1".
	// The colon is Docker's and Ruby's way; a name may have dots, as Java's have.
	dotenvLine = pattern.New(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]\s*(.*?)\s*$`)
	// bareName finds $NAME that is not escaped, and not "pa$$word".
	bareName = pattern.New(`(?:^|[^\\$])\$[A-Za-z_]`)
)

// Dotenv reads the simple lines of an environment file: enough to learn a port or an
// address from. It gives no environment to anybody.
func (f Files) Dotenv(file string) map[string]string {
	all := map[string]string{}
	text, _ := f.Text(file)
	// A "#" only begins a comment behind a blank: it is part of many passwords.
	for line := range strings.Lines(text) {
		if m := dotenvLine.FindStringSubmatch(line); m != nil {
			value, _, _ := strings.Cut(m[2], " #")
			all[m[1]] = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return all
}

// DotenvPort is the PORT that a folder's environment file says, or its example; 0 if
// none does.
func (f Files) DotenvPort(dir string) int {
	// The example is last: what people have made of it counts.
	for _, name := range []string{".env", ".env.development", ".env.local", ".env.example"} {
		if n := Port(f.Dotenv(path.Join(dir, name))["PORT"]); n != 0 {
			return n
		}
	}
	return 0
}

// Oddity returns what makes an environment file mean something else to each of its
// readers: "${...}", "$NAME", "values of several lines"; "" if nothing does.
func Oddity(text string) string {
	for line := range strings.Lines(text) {
		m := dotenvLine.FindStringSubmatch(line)
		if m == nil || isSingleQuoted(m[2]) {
			continue
		}
		switch value := m[2]; {
		case strings.Contains(value, "${"):
			return "${...}"
		case bareName.MatchString(value):
			return "$NAME"
		case opensQuote(value):
			return "values of several lines"
		}
	}
	return ""
}

// isSingleQuoted reports whether a value stands between single quotes, where "$" is
// a letter for everybody.
func isSingleQuoted(value string) bool {
	return strings.HasPrefix(value, "'") && strings.Count(value, "'") > 1
}

func opensQuote(value string) bool {
	return value != "" && strings.IndexByte(`"'`, value[0]) >= 0 && strings.Count(value, value[:1]) == 1
}

// Port reads a port; 0 if the text is none.
func Port(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 65535 {
		return 0
	}
	return n
}
