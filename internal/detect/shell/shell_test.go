package shell

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLinesAreTakenApart(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"vite", "[vite]"},
		{"vite --port 3000", "[vite --port 3000]"},
		{"a & b", "[a] [b]"},
		{"a & b & wait", "[a] [b] [wait]"},
		{"(trap 'kill 0' INT; a & b --x)", "[trap kill 0 INT; a]- [b --x]-"},
		{"cd web && vite", "[cd web; vite]"},
		{"cd web && vite & cargo run", "[cd web; vite] [cargo run]"},
		{"A=1 B='x y' node s.js", "[A=1 B=x y node s.js]"},
		{"export A=1; node s.js", "[A=1; node s.js]"},
		{`concurrently "npm run a" 'npm run b'`, "[concurrently npm run a npm run b]"},
		{`echo "a \"b\" c"`, `[echo a "b" c]`},
		{"node s.js | pino-pretty", "[node s.js]-"},
		{"vite || true", "[vite]-"},
		{"vite > log 2>&1", "[vite]"},
		{"node $ENTRY", "[node $ENTRY]"},
		{"$CMD x", "[?]"},
		{"for i in 1 2; do a; done", "[?]"},
		{"if a; then b; fi", "[?]"},
		{"{ a; b; }", "[a; b]-"},
		{"", ""},
		{"a\nb", "[a; b]"},
	} {
		line, err := Parse(test.text)
		if err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		if got := show(line); got != test.want {
			t.Errorf("%q: got %s, want %s", test.text, got, test.want)
		}
	}
}

func show(line Line) string {
	var parts []string
	for _, p := range line.Parts {
		var steps []string
		for _, c := range p.Steps {
			var words []string
			for _, v := range c.Env {
				words = append(words, v.Name+"="+v.Value)
			}
			words = append(words, c.Texts()...)
			if c.Strange {
				words = []string{"?"}
			}
			steps = append(steps, strings.Join(words, " "))
		}
		text := "[" + strings.Join(steps, "; ") + "]"
		if !p.Open {
			text += "-"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func TestWhatTheShellRefusesIsAnError(t *testing.T) {
	for _, text := range []string{"a && ", `"`, "case x in", "$(", strings.Repeat("x", maxText+1)} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%.20q: want an error", text)
		}
	}
}

func TestPlacesOfWords(t *testing.T) {
	const text = "cd web && A=1 rails s -p '3000' & x"
	line, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	c := line.Parts[0].Steps[1]
	w := c.Words[3]
	if got := c.Text[w.Start:w.End]; got != "'3000'" || w.Text != "3000" {
		t.Errorf("got %q and %q", got, w.Text)
	}
	if got := text[c.Start : c.Start+len(c.Text)]; got != "A=1 rails s -p '3000'" {
		t.Errorf("the command stands at %q", got)
	}
}

func TestQuotedWordsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[ -~é]{0,8}`), 1, 4).Draw(t, "words")
		line, err := Parse("x " + Join(words...))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%q", line.Parts[0].Steps[0].Texts()[1:]); got != fmt.Sprintf("%q", words) {
			t.Fatalf("got %s, want %q", got, words)
		}
	})
}

func TestAnyTextIsALineOrAnError(t *testing.T) {
	alphabet := []string{"a", " ", "&", "&&", ";", "|", "(", ")", "{ ", "; }", "'", `"`, "$", "$(", "`", "\\", "\n", "X=", "<<E\n", ">", "if ", "é"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 12).Draw(t, "text"), "")
		line, err := Parse(text)
		if err != nil {
			return
		}
		for _, p := range line.Parts {
			for _, c := range p.Steps {
				for _, w := range c.Words {
					if w.Start < 0 || w.End > len(c.Text) || w.Start > w.End {
						t.Fatalf("%q: word %q stands at %d-%d of %q", text, w.Text, w.Start, w.End, c.Text)
					}
				}
			}
		}
	})
}
