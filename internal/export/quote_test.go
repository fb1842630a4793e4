package export

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	yamlv3 "go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"devgate/internal/routes"
)

// odd are texts that mean something to one syntax or another.
var odd = []string{
	"", "plain", "two words", `"`, `'`, `\`, `\"`, `a\`, "$x", "${x}", "$$", "{x}", "}", ";", "#", "a # b", "a: b", "- a", "line\nbreak", "\r", "\t", "\x00", "\x7f", "`id`", "$(id)", "a&b", "a|b", "<x>",
	"%0a", "ü", "\u2028", "\u0085", "\ufeff", "\U000E0001", "\xff", "~", "*", "?", "[a]", "!x", "&x", "@x", "%x", "null", "yes", "1e3", "it's", `'\''`, "\\n", "a,b", "{a,b}",
}

// Each quoted text is one word to who reads it, and the same text. What follows it is
// not part of it.
func FuzzQuote(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		utf := strings.ToValidUTF8(s, "\uFFFD") // YAML and TOML have no other
		for _, c := range []struct {
			syntax string
			quote  func(string) string
			read   func(string) (words []string, err error)
			want   string
			has    bool // the syntax has a way to write it
		}{
			{"nginx", nginxQuote, nginxWords, s, writable("nginx", "", s) == nil},
			{"caddy", caddyQuote, caddyWords, s, writable("caddy", "", s) == nil},
			{"haproxy", haproxyQuote, haproxyWords, s, !strings.ContainsAny(s, "\n\r\x00")},
			{"yaml", yamlQuote, yamlWords, utf, true},
			{"compose", composeQuote, composeWords, utf, true},
			{"toml", tomlQuote, tomlWords, utf, true},
			{"shell", shellQuote, shellWords, s, utf8.ValidString(s) && !strings.ContainsAny(s, "\x00\r")},
		} {
			if !c.has {
				continue
			}
			words, err := c.read(c.quote(s))
			if err != nil || len(words) != 1 || words[0] != c.want {
				t.Errorf("%s: %q is written as %s and read as %q, %v", c.syntax, s, c.quote(s), words, err)
			}
		}
		if text := plainText(s); strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			t.Errorf("%q in a comment: %q", s, text)
		}
	})
}

var errOpen = errors.New("a quote is not closed")

// nginxWords reads words as nginx does (ngx_conf_read_token): a backslash before a
// quote, a backslash, t, r or n is one character with it.
func nginxWords(text string) (words []string, err error) {
	for i := 0; i < len(text); {
		if text[i] != '"' {
			return nil, fmt.Errorf("%q is not quoted", text[i:])
		}
		var word strings.Builder
		for i++; ; i++ {
			if i == len(text) {
				return nil, errOpen
			}
			if text[i] == '"' {
				i++
				break
			}
			if text[i] == '\\' && i+1 < len(text) && strings.IndexByte(`"'\trn`, text[i+1]) >= 0 {
				i++
				word.WriteString(map[byte]string{'t': "\t", 'r': "\r", 'n': "\n"}[text[i]])
				if strings.IndexByte("trn", text[i]) >= 0 {
					continue
				}
			}
			word.WriteByte(text[i])
		}
		words = append(words, word.String())
	}
	return words, nil
}

// caddyWords reads words as Caddy's lexer does: between quotes a backslash is for a
// quote alone.
func caddyWords(text string) (words []string, err error) {
	for i := 0; i < len(text); {
		if text[i] != '"' {
			return nil, fmt.Errorf("%q is not quoted", text[i:])
		}
		var word strings.Builder
		escaped := false
		for i++; ; i++ {
			if i == len(text) {
				return nil, errOpen
			}
			switch c := text[i]; {
			case !escaped && c == '\\':
				escaped = true
				continue
			case escaped && c != '"':
				word.WriteByte('\\')
			case !escaped && c == '"':
				i++
				words = append(words, word.String())
				goto next
			}
			escaped = false
			word.WriteByte(text[i])
		}
	next:
	}
	return words, nil
}

// haproxyWords reads words as HAProxy does: single quotes keep everything, and outside
// of them a backslash keeps the next character.
func haproxyWords(text string) (words []string, err error) {
	var word strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'':
			quoted = !quoted
		case !quoted && c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
		case !quoted && strings.IndexByte(" \t#\"$", c) >= 0:
			return nil, fmt.Errorf("%q is not quoted", text[i:])
		default:
			word.WriteByte(c)
		}
	}
	if quoted {
		return nil, errOpen
	}
	return []string{word.String()}, nil
}

func yamlWords(text string) (words []string, err error) {
	var s []any
	err = yamlv3.Unmarshal([]byte("- "+text+"\n- end\n"), &s)
	for _, v := range s {
		words = append(words, fmt.Sprint(v))
	}
	if len(words) == 2 && words[1] == "end" {
		words = words[:1]
	}
	return words, err
}

// composeWords reads them as compose does: a "$" that is not doubled begins a variable.
func composeWords(text string) ([]string, error) {
	words, err := yamlWords(text)
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "$$", "\x00")
		if strings.Contains(words[i], "$") {
			return nil, errors.New("a variable")
		}
		words[i] = strings.ReplaceAll(w, "$$", "$")
	}
	return words, err
}

func tomlWords(text string) ([]string, error) {
	var v struct{ A, B string }
	_, err := toml.Decode("a = "+text+"\nb = \"end\"\n", &v)
	if v.B != "end" {
		err = errors.Join(err, errOpen)
	}
	return []string{v.A}, err
}

func shellWords(text string) ([]string, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader("x "+text+"\n"), "")
	if err != nil {
		return nil, err
	}
	if len(file.Stmts) != 1 {
		return nil, fmt.Errorf("%d commands", len(file.Stmts))
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(file.Stmts[0].Redirs) > 0 {
		return nil, errors.New("no plain command")
	}
	words, err := expand.Fields(&expand.Config{Env: expand.ListEnviron()}, call.Args...)
	return words[min(1, len(words)):], err
}

// asBrowsersSend is a segment as it comes in a request: what need not be escaped is as
// it is.
func asBrowsersSend(segment string) string {
	var b strings.Builder
	for i := range len(segment) {
		if c := segment[i]; c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || strings.IndexByte("-._~!&'()+,;=:@$", c) >= 0) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// What an engine is given for a pattern takes no other path than the pattern does,
// and each of its own as browsers send it, with and without a query.
func FuzzExpression(f *testing.F) {
	for _, p := range []string{"/api", "/api/*", "/a/*/b", "/docs*", "/", "/x.css", "/a+b/(c)", "/o'brien/$1", "/my docs", "/ü/*", "/[a]", "/a|b", "/a^b", "/{id}", "/a\\b", "/\"q\""} {
		for _, path := range []string{"/api", "/api/x", "/apix", "/api%2Fx", "//api", "/a/7/b", "/docs2", "/a+b/(c)", "/a%2Bb/%28c%29", "/x-css", "/API"} {
			f.Add(p, path)
		}
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		if !strings.HasPrefix(text, "/") || !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "?#") || !utf8.ValidString(text) {
			return
		}
		p := routes.ParsePattern(text)
		plain, before := compiled(t, p, ""), compiled(t, p, `\?`)
		sent := "/" + strings.Join(segmentsSent(p), "/")
		for _, path := range []string{path, sent, sent + "/", sent + "x", sent + "/x", "/" + sent} {
			is := p.Match(path)
			if plain.MatchString(path) && !is || before.MatchString(path+"?a=/b") && !is {
				t.Errorf("%q takes %q, which %q does not", plain, path, text)
			}
			if plain.MatchString(path) != before.MatchString(path+"?a=/b") || plain.MatchString(path) != before.MatchString(path) {
				t.Errorf("%q and %q differ about %q", plain, before, path)
			}
		}
		if p.Match(sent) && !plain.MatchString(sent) {
			t.Errorf("%q does not take %q, which %q does", plain, sent, text)
		}
	})
}

func compiled(t *testing.T, p routes.Pattern, end string) *regexp.Regexp {
	text := expression(p, end)
	if strings.ContainsAny(text, "\\\"{} \t\n#`") {
		t.Fatalf("%q has what is not the same in every engine's file", text)
	}
	e, err := regexp.Compile("(?s)" + text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// segmentsSent are those of a path of the pattern.
func segmentsSent(p routes.Pattern) (all []string) {
	for _, s := range p.Segments {
		if s == "*" {
			s = "7"
		}
		all = append(all, asBrowsersSend(s))
	}
	return all
}

// A folder that an engine's file cannot name is refused.
func TestFoldersThatCannotBeWritten(t *testing.T) {
	for _, c := range []struct{ engine, path, bad string }{
		{"nginx", "/srv/$x", "$"}, {"nginx", "/srv/a\nb", "\n"}, {"caddy", "/srv/{x}", "{"}, {"caddy", `/srv/a\b`, `\`}, {"caddy", "/srv/a\tb", "\t"}, {"nginx", "/srv/{x}", ""}, {"caddy", "/srv/$x", ""},
	} {
		err := writable(c.engine, "static", c.path)
		if want := fmt.Sprintf("static: %q cannot stand in a file of %s (it has %q)", c.path, c.engine, c.bad); (err != nil) != (c.bad != "") || err != nil && err.Error() != want {
			t.Errorf("%s %q: %v, want %s", c.engine, c.path, err, want)
		}
	}
}
