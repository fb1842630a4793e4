package export

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// Each syntax has one function by which a text of the project gets into it.

// nginxQuote is a text as one parameter of nginx. A "$" would begin a variable, and
// there is no way to write one: such a text is refused before it gets here, see
// writable.
func nginxQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// caddyQuote is a text as one token of a Caddyfile. A "{" would begin a placeholder,
// and a backslash means itself but before a quote, where there is no way to write one:
// such texts are refused, too.
func caddyQuote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// haproxyQuote is a text as one word of HAProxy; what is between single quotes means
// itself.
func haproxyQuote(s string) string { return `'` + strings.ReplaceAll(s, `'`, `'\''`) + `'` }

// yamlQuote is a text as a scalar of YAML, of which JSON is a part. What JSON leaves
// as it is and YAML takes for the end of a line is escaped.
func yamlQuote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(strings.ToValidUTF8(s, "\uFFFD")) // a text can always be encoded
	return escapeOdd(strings.TrimSuffix(b.String(), "\n"))
}

// escapeOdd escapes the characters that JSON may have in a text, and YAML not.
func escapeOdd(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x10000 && !unicode.IsPrint(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// tomlQuote is a text as a basic string of TOML.
func tomlQuote(s string) string { return yamlQuote(s) }

// shellQuote is a text as one word of a shell.
func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("@%+=:,./_-", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// shellName is what a variable has to be named for a shell, compose and a cluster to
// set it.
var shellName = lazy(`^[A-Za-z_][A-Za-z0-9_]*$`)

// composeQuote is a text that compose leaves as it is: a "$" would be replaced.
func composeQuote(s string) string { return yamlQuote(strings.ReplaceAll(s, "$", "$$")) }

// plainText is a text within a comment: it never ends the line.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, strings.ToValidUTF8(s, "?"))
}

// dnsName is a service's name as a host and in Kubernetes.
func dnsName(s string) string {
	return strings.Trim(strings.ToLower(strings.ReplaceAll(s, "_", "-")), "-")
}

// distinctNames refuses services that would be one host.
func (m *Model) distinctNames() error {
	seen := map[string]string{"gateway": "the gateway"}
	for _, s := range m.Services {
		name := dnsName(s.Name)
		if other, twice := seen[name]; twice {
			return fmt.Errorf("%s and %s are both %q as the name of a host: give one of them another name", other, s.Name, name)
		}
		seen[name] = s.Name
	}
	return nil
}

// writable refuses a folder whose name an engine cannot have in its file.
func writable(engine, what, path string) error {
	bad := map[string]string{"nginx": "$", "caddy": `{}\`}[engine]
	i := strings.IndexFunc(path, func(r rune) bool { return strings.ContainsRune(bad, r) || unicode.IsControl(r) })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("%s: %q cannot stand in a file of %s (it has %q)", what, path, engine, path[i:i+1])
}
