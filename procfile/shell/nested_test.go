package shell

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nested is a word of a script, and what the shell makes of it: with marks in both.
type nested struct{ script, text string }

// word draws a word of up to three pieces, which may hold words again.
func word(t *rapid.T, depth int) (w nested) {
	for range rapid.IntRange(1, 3).Draw(t, "pieces") {
		p := piece(t, depth)
		w.script, w.text = w.script+p.script, w.text+p.text
	}
	return w
}

func piece(t *rapid.T, depth int) nested {
	kinds := []string{"bare", "single", "double", "escaped"}
	if depth > 0 {
		kinds = append(kinds, "default", "substituted", "within double", "within double")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "bare":
		return nested{mark, mark}
	case "single":
		return nested{`'a "$(b) ` + mark + " `c'", `a "$(b) ` + mark + " `c"}
	case "double":
		return nested{`"it's \"#` + mark + `\\ \$x"`, `it's "#` + mark + `\ $x`}
	case "escaped":
		return nested{`\"\'\#` + mark + `\ `, `"'#` + mark + ` `}
	case "default":
		w := word(t, depth-1)
		return nested{"${UNSET:-" + w.script + "}", w.text}
	case "substituted":
		return substituted(t, depth)
	}
	w := substituted(t, depth)
	inner := strings.TrimSuffix(strings.TrimPrefix(w.script, `"`), `"`)
	return nested{`"a ` + inner + " b" + mark + `"`, "a " + w.text + " b" + mark}
}

// substituted is what a command prints, with something behind it, as the shell takes
// newlines off its end.
func substituted(t *rapid.T, depth int) nested {
	w := word(t, depth-1)
	noise := rapid.SampledFrom([]string{"", "# don't )\n", " (:); ", ": 'a)'; "}).Draw(t, "noise")
	return nested{`"$(` + noise + `printf '%s.' ` + w.script + `)"`, w.text + "."}
}

// Any value in any nesting of quotes and substitutions, in real shells.
func TestAnyValueArrivesInAnyNesting(t *testing.T) {
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		w := word(t, 3)
		before := rapid.SampledFrom([]string{"", "# it's\n", "cat <<'EOF' >/dev/null\nit's \" ` $(\nEOF\n", "x=`printf '%s' \\`echo a\\` \"$(echo \")\")\"`\n"}).Draw(t, "before")
		value := rapid.OneOf(rapid.SampledFrom(nasty), rapid.StringN(1, 8, -1).Filter(func(s string) bool { return !strings.Contains(s, "\x00") })).Draw(t, "value")
		script, err := fill(before+`printf '%s' `+w.script, value)
		if err != nil {
			return
		}
		written++
		want := strings.ReplaceAll(w.text, mark, value)
		for _, shell := range shells() {
			if got, err := run(shell, script); (got != want || err != nil) && understands(shell, before, w) {
				t.Errorf("%s prints %q (%v), want %q\n%s", shell, got, err, want, script)
			}
		}
	})
	if written < 20 {
		t.Errorf("only %d scripts were run", written)
	}
}

// understands reports whether a shell takes the script for what it is where there is
// nothing to quote.
func understands(shell []string, before string, w nested) bool {
	script, _ := fill(before+`printf '%s' `+w.script, "x")
	got, err := run(shell, script)
	return err == nil && got == strings.ReplaceAll(w.text, mark, "x")
}
