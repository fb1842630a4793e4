package shell

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// mark stands in the scripts of these tests for a value, as a placeholder does.
const mark = "{v}"

var marks = regexp.MustCompile(`\{v\}`)

func spansOf(script string) (spans []Span) {
	for _, m := range marks.FindAllStringIndex(script, -1) {
		spans = append(spans, Span{m[0], m[1]})
	}
	return spans
}

// fill writes a value at every mark.
func fill(script, value string) (string, error) {
	var b strings.Builder
	at := 0
	for i, p := range Scan(script, spansOf(script)) {
		span := spansOf(script)[i]
		text, err := p.Quote(value)
		if err != nil {
			return "", err
		}
		b.WriteString(script[at:span.Start] + text)
		at = span.End
	}
	return b.String() + script[at:], nil
}

// shells are /bin/sh and, where DEVGATE_SHELLS has their paths between colons, those
// that are /bin/sh elsewhere.
func shells() (all [][]string) {
	seen := map[string]bool{}
	for _, name := range append([]string{"/bin/sh"}, filepath.SplitList(os.Getenv("DEVGATE_SHELLS"))...) {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if real, err := filepath.EvalSymlinks(path); err == nil && !seen[real] {
			seen[real] = true
			switch filepath.Base(real) {
			case "bash":
				all = append(all, []string{path, "--posix"})
			case "busybox":
				all = append(all, []string{path, "sh"})
			default:
				all = append(all, []string{path})
			}
		}
	}
	return all
}

// run gives what a shell prints for a script.
func run(shell []string, script string) (string, error) {
	out, err := exec.Command(shell[0], append(slices.Clone(shell[1:]), "-c", script)...).CombinedOutput()
	return string(out), err
}

// nasty are values that have broken quotes somewhere. The long ones hold all that is
// special, the short ones are something by themselves, or at the end of quotes.
var nasty = []string{
	"/home/me/my project (2)", `it's "$HOME" $(id) ` + "`id`" + ` \ \\ \n \" \' '"'" ${X} $'a' $$ $((1)) {a,b} a}b}} `,
	`*?[a]~!#%s%\;&&||(x)<<E >x 2>&1 a=b -- {v} # x`, "é ü 🙂\x01\x7f\r", "a\n'b\n\"c\n", "\\\na\\\nb", "\n", " a  ", "\ta",
	"2", "4001", "a#b", "#", "~", "'", `"`, `\`, `a\`, "$", "`", "}", ")", "))", "!", "-n", "=", "%", "esac)", "if", "done", "EOF", "ONE",
}

// contexts are places with what the script prints for a value.
var contexts = map[string]string{
	"bare":                          `printf '%s' {v}`,
	"bare in a word":                `printf '%s' a{v}b`,
	"twice in a word":               `printf '%s' {v}{v}`,
	"beside quotes":                 `printf '%s' "a"{v}'b'`,
	"behind a #":                    `printf '%s' a#{v}`,
	"assigned":                      `x={v}; printf '%s' "$x"`,
	"in the environment":            `X={v} sh -c 'printf %s "$X"'`,
	"double":                        `printf '%s' "{v}"`,
	"double, within text":           `printf '%s' "a {v} b"`,
	"double, behind an escape":      `printf '%s' "\"\\{v}"`,
	"single":                        `printf '%s' '{v}'`,
	"single, within text":           `printf '%s' 'a "$b {v} c'`,
	"behind quotes":                 `printf '%s' 'a"b' "it's" {v}`,
	"behind a line":                 "printf ''\nprintf '%s' {v}",
	"on a line that goes on":        "printf \\\n'%s' \\\n{v}",
	"behind a comment":              "# don't \"\nprintf '%s' {v}",
	"behind a comment in the line":  "printf '%s' {v} # it's \"{v}`",
	"in a subshell":                 `(printf '%s' {v})`,
	"in a group":                    `{ printf '%s' {v}; }`,
	"in a function":                 `f() { printf '%s' "$1"; }; f {v}`,
	"in a loop":                     `for x in {v}; do printf '%s' "$x"; done`,
	"behind a case":                 `case a in a) printf '%s' {v};; esac`,
	"as a pattern":                  `case {v} in {v}) printf '%s' "{v}";; *) echo no;; esac`,
	"before a redirection":          `printf '%s' {v}>&1`,
	"substituted":                   `x="$(printf '%sx' {v})"; printf '%s' "${x%x}"`,
	"double, substituted":           `x=$(printf '%sx' "{v}"); printf '%s' "${x%x}"`,
	"single, substituted":           `x="$(printf '%sx' '{v}')"; printf '%s' "${x%x}"`,
	"substituted twice":             `x=$(printf '%s' "$(printf '%sx' {v})"); printf '%s' "${x%x}"`,
	"substituted, in parentheses":   `x=$( (printf '%sx' {v}) ); printf '%s' "${x%x}"`,
	"substituted, behind a comment": "x=$( # don't )\nprintf '%sx' {v}); printf '%s' \"${x%x}\"",
	"backquoted":                    "x=`printf '%sx' {v}`; printf '%s' \"${x%x}\"",
	"double, backquoted":            "x=`printf '%sx' \"{v}\"`; printf '%s' \"${x%x}\"",
	"single, backquoted":            "x=`printf '%sx' '{v}'`; printf '%s' \"${x%x}\"",
	"substituted in backquotes":     "x=`printf '%s' \"$(printf '%sx' {v})\"`; printf '%s' \"${x%x}\"",
	"a default":                     `x=$(printf %s ${UNSET:-{v}}x); printf '%s' "${x%x}"`,
	"a default, assigned":           `x=${UNSET:-{v}}; printf '%s' "$x"`,
	"a default, double":             `printf '%s' "${UNSET:-{v}}"`,
	"a default in a default":        `printf '%s' "${UNSET-${UNSET:-{v}}}"`,
	"a default, single within":      `x=${UNSET:-'{v}'}; printf '%s' "$x"`,
	"a default, double within":      `x=${UNSET:-"{v}"}; printf '%s' "$x"`,
	"behind an expansion":           `x=ab; printf '%s' ${x%b}{v}$#`,
	"behind arithmetic":             `printf '%s' $((1 + (2)))"{v}"`,
	"behind arithmetic with $":      `x=1; printf '%s' $(( $x + ${x} ))'{v}'`,
	"here":                          "cat <<EOF\n{v} ${UNSET:-1} 'x' \"y\"\nEOF\n",
	"here, at the end of a line":    "cat <<EOF\nx {v}\nEOF\n",
	"here, quoted end":              "cat <<'EOF'\n{v} $x `y` \\z\nEOF\n",
	"here, escaped end":             "cat <<\\EOF\n{v} $x\nEOF\n",
	"here, with tabs":               "cat <<-EOF\n\tx {v}\n\tEOF\nprintf '%s' {v}",
	"two here":                      "cat <<ONE; cat <<'TWO'\n{v} a\nONE\n{v} b\nTWO\n",
	"behind here":                   "cat <<EOF >/dev/null\nit's \"\nEOF\nprintf '%s' {v}",
}

// wants is what a script prints: the same script says it where the values come in by
// variables, which no quoting touches.
func wants(context, value string) string {
	want := map[string]string{
		"bare in a word": "a" + value + "b", "twice in a word": value + value, "beside quotes": "a" + value + "b", "behind a #": "a#" + value,
		"double, within text": "a " + value + " b", "double, behind an escape": `"\` + value, "single, within text": `a "$b ` + value + " c",
		"behind quotes": `a"bit's` + value, "behind an expansion": "a" + value + "0", "behind arithmetic": "3" + value, "behind arithmetic with $": "2" + value,
		"here": value + " 1 'x' \"y\"\n", "here, at the end of a line": "x " + value + "\n", "here, quoted end": value + " $x `y` \\z\n", "here, escaped end": value + " $x\n",
		"here, with tabs": "x " + value + "\n" + value, "two here": value + " a\n" + value + " b\n",
	}[context]
	if want == "" {
		return value
	}
	return want
}

// trial is a value in one of the contexts.
type trial struct{ context, value string }

// cut stands between the outputs of trials that run in one shell.
const cut = "\x02cut\x03"

// refused are the trials whose value cannot be written there. All others have to
// print what they should, in every shell.
func refused(t interface{ Errorf(string, ...any) }, trials []trial) (all []trial) {
	var script strings.Builder
	var done []trial
	want := ""
	for _, c := range trials {
		one, err := fill(contexts[c.context], c.value)
		if err != nil {
			all = append(all, c)
			continue
		}
		done = append(done, c)
		script.WriteString("{\n" + one + "\n}\nprintf '%s' '" + cut + "'\n")
		want += wants(c.context, c.value) + cut
	}
	for _, shell := range shells() {
		if got, err := run(shell, script.String()); got != want || err != nil {
			if len(trials) == 1 {
				t.Errorf("%s, %s: %q prints %q (%v), want %q\n%s", done[0].context, shell, done[0].value, got, err, want, script.String())
				continue
			}
			for _, c := range done { // which is it?
				refused(t, []trial{c})
			}
		}
	}
	return all
}

// The values that are known to be hard, in every place, in real shells.
func TestValuesArriveAsTheyAre(t *testing.T) {
	for context, script := range contexts {
		var trials []trial
		for _, value := range nasty {
			trials = append(trials, trial{context, value})
		}
		for _, c := range refused(t, trials) {
			if !mayBeRefused(script, c.value) {
				t.Errorf("%s: %q cannot be written there", context, c.value)
			}
		}
	}
}

// mayBeRefused: a line of a here-document cannot hold a line break or be its end,
// and shells differ about quotes in "${NAME:-…}".
func mayBeRefused(script, value string) bool {
	switch {
	case strings.Contains(script, "<<"):
		return strings.ContainsAny(value, "\n\t") || strings.Contains("EOF ONE TWO", value)
	case strings.Contains(script, `"${`):
		return strings.Contains(value, "'") || value[0] == '~'
	}
	return false
}

// Any value, in every place, in real shells.
func TestAnyValueArrivesAsItIs(t *testing.T) {
	names := slices.Sorted(maps.Keys(contexts))
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOf(rapid.OneOf(
			rapid.SampledFrom([]rune("'\"\\$`!#*?[]{}()<>|&;~ =%\nab1-")),
			rapid.Rune().Filter(func(r rune) bool { return r != 0 }),
		)).Filter(func(s string) bool { return s != "" }).Draw(t, "value")
		var trials []trial
		for _, context := range rapid.SliceOfN(rapid.SampledFrom(names), 8, 8).Draw(t, "contexts") {
			trials = append(trials, trial{context, value})
		}
		refused(t, trials)
	})
}

// Where nothing can be quoted for sure, the place says so; plain values are written
// there all the same.
func TestPlacesThatAreUnclear(t *testing.T) {
	for script, why := range map[string]string{
		`echo \{v}`:                        `behind a \`,
		`echo "\{v}"`:                      `behind a \`,
		`echo $(( {v} + 1 ))`:              `within $((…))`,
		`echo $'{v}'`:                      `within $'…'`,
		`echo ${X#{v}}`:                    `within a pattern of ${…}`,
		`echo "${X%%{v}*}"`:                `within a pattern of ${…}`,
		`echo ${X/{v}/y}`:                  `within a pattern of ${…}`,
		"x=\"`cat {v}`\"":                  "in `…` within \"…\"",
		"x=\"`echo \\\"a\\\"`\"; echo {v}": "behind `…` within \"…\"",
		`echo it's {v}`:                    ``, // the shell says what is wrong with it
		`echo "{v}`:                        ``,
		`x=$(case a in a) echo;; esac); echo {v}`: `behind a case within $(…)`,
		`x=$(echo; echo {v}`:                      ``,
		`echo $((1) | cat); echo {v}`:             `behind $((…)) that may be none`,
		`echo $'a\'b'; echo {v}`:                  `behind $'…' with a \`,
		`echo ${X%"}"}; echo {v}`:                 `behind quotes in a pattern of ${…}`,
		`echo "${X:-"a"}" {v}`:                    `behind quotes within ${…} within "…"`,
		"cat <<EOF\n{v}\n":                        `in a here-document that cannot be followed, or behind it`,
		"cat <<{v}\nx\n{v}\n":                     `in the word that ends a here-document, or behind it`,
		"cat <<EOF\na\\\n{v}\nEOF\n":              `in a here-document that cannot be followed, or behind it`,
		"cat <<EOF\n`id` {v}\nEOF\n":              `in a substitution within a here-document, or behind it`,
		"cat <<EOF\n${X:-{v}}\nEOF\n":             `within a pattern of ${…}`,
		"x=$(cat <<EOF\n{v}\nEOF\n)":              `in a here-document within a substitution, or behind it`,
		strings.Repeat("$(", 60) + "{v}":          `nested too deep`,
	} {
		place := Scan(script, spansOf(script))[0]
		if place.Unclear() != why {
			t.Errorf("%s\nstands %q, want %q", script, place.Unclear(), why)
		}
		text, err := fill(script, "a b")
		if (err == nil) != (why == "") {
			t.Errorf("%s\nbecomes %q, %v", script, text, err)
		}
		if text, err := fill(script, "4001"); err != nil || !strings.Contains(text, "4001") {
			t.Errorf("%s\nwith a plain value becomes %q, %v", script, text, err)
		}
	}
}

// What a place says when a value does not fit, word for word.
func TestValuesThatCannotBeWritten(t *testing.T) {
	for script, c := range map[string]struct{ value, want string }{
		`echo $(({v}))`:            {"a b", `holds " " and stands within $((…))`},
		"cat <<EOF\n{v}\nEOF\n":    {"a\nb", "holds a line break or a tab, and stands in a here-document"},
		"cat <<'END'\n{v}\nEND\n":  {"END", `may end the here-document in which it stands, as its last line is "END"`},
		`echo "${X:-{v}}"`:         {"it's", `holds ' or begins with ~, and stands within ${…} within "…"`},
		"cat <<'E F'\n{v}\nE F\n":  {"E F", `may end the here-document in which it stands, as its last line is "E F"`},
		"cat <<-\"E\"\n{v}\n\tE\n": {"\tx", "holds a line break or a tab, and stands in a here-document"},
	} {
		if text, err := fill(script, c.value); err == nil || err.Error() != c.want {
			t.Errorf("%s\nbecomes %q, %v; want the error %s", script, text, err, c.want)
		}
	}
}

// F3: any script gives a place for every span, and never a panic; what a place quotes
// keeps its quotes closed: the same script has the same places behind it.
func FuzzScan(f *testing.F) {
	for _, script := range contexts {
		f.Add(script, "it's")
	}
	f.Add(strings.Repeat("`", 100)+mark, "x")
	f.Add(`"\`+mark+mark, "<")
	f.Add("<<a<<'b'<<\"c\n{v}\na\nb\nc\n", "$")
	f.Fuzz(func(t *testing.T, script, value string) {
		spans := spansOf(script)
		places := Scan(script, spans)
		if len(places) != len(spans) || value == "" || strings.ContainsAny(value, "\x00") || strings.Contains(value, mark) || strings.Contains(script, "\x00") {
			return
		}
		for i, p := range places {
			text, err := p.Quote(value)
			if err != nil || p.Unclear() != "" || p.context == comment {
				continue
			}
			// In place of the first that can be written, and with what follows.
			filled := script[:spans[i].Start] + text + script[spans[i].End:]
			rest := spansOf(filled)
			if len(rest) != len(spans)-1 {
				continue // script and value have made another mark
			}
			for k, again := range Scan(filled, rest) {
				was := places[k]
				if k >= i {
					was = places[k+1]
				}
				if again != was {
					t.Errorf("%q for span %d of\n%q\nmoves another from %+v to %+v", text, i, script, was, again)
				}
			}
		}
	})
}
