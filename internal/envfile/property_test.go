package envfile

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// quotation writes a value so that it is read as it is.
var quotation = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\r", `\r`)

// F5: any map that is written in double quotes and read is the map again.
func TestAnyMapSurvivesDoubleQuotes(t *testing.T) {
	value := rapid.StringOf(rapid.OneOf(
		rapid.SampledFrom([]rune("\\\"'$\n\r\t #={}:nrtA")),
		rapid.Rune().Filter(func(r rune) bool { return r != 0 }),
	))
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.StringMatching(`[A-Za-z0-9_.-]{1,6}`), value).Draw(t, "variables")
		form := rapid.SampledFrom([]string{"%s=", "export %s=", "%s: ", " %s = "}).Draw(t, "form")
		ending := rapid.SampledFrom([]string{"\n", "\r\n", " # it's\n"}).Draw(t, "ending")
		var text strings.Builder
		for _, name := range slices.Sorted(maps.Keys(want)) {
			text.WriteString(strings.Replace(form, "%s", name, 1) + `"` + quotation.Replace(want[name]) + `"` + ending)
		}
		file, errs := Parse([]byte(text.String()))
		got := map[string]string{}
		file.Apply(got)
		if len(errs) > 0 || !maps.Equal(got, want) {
			t.Fatalf("%s\ngives %q, want %q; errors %v", text.String(), got, want, errs)
		}
	})
}

// FuzzParse: no panic; every error has words and a place inside the text, in
// order; and none says more than it would if every value were another one.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"A=1 # x\nexport B: 'two\nlines'\nC=\"${A}\\n\"\r\n", "\ufeffA='it\\'s'", "A=\"x\nB=\"y\"", "A=\"x\" y\n=z\nq\nB='", "K=\"s3cret\nmore", "K='s3cret' s3cret", "s3cret/=\ns3cret:s3cret", "A:x\rB=\x00", "\xff\xfe",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, errs := Parse(text)
		file.Apply(map[string]string{})
		lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
		for i, e := range errs {
			if e.Msg == "" || e.Hint == "" || e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > utf8.RuneCountInString(lines[e.Line-1])+1 {
				t.Errorf("no words, or a place that is outside: %+v", e)
			}
			if i > 0 && (e.Line < errs[i-1].Line || e.Line == errs[i-1].Line && e.Column < errs[i-1].Column) {
				t.Errorf("%v comes after %v", e, errs[i-1])
			}
		}
		_, masked := Parse([]byte(mask(string(text))))
		if !slices.EqualFunc(errs, masked, func(a, b *Error) bool { return *a == *b }) {
			t.Errorf("values show: %v, with other values %v", errs, masked)
		}
	})
}

// mask makes other values of those in a text: in what stands behind the first
// separator of each line, or in a line without one, letters and digits become
// others. A reader sees the same form.
func mask(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		name, value := "", line
		if at := strings.IndexAny(line, "=:"); at >= 0 {
			name, value = line[:at], line[at:]
		}
		masked := []byte(value)
		for at, c := range masked {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
				masked[at] = 'x'
			}
		}
		lines[i] = name + string(masked)
	}
	return strings.Join(lines, "")
}
