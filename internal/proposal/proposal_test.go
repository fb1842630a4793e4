package proposal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestWhatIsPrintedObeysNobody: names and texts of a folder may be anybody's, and
// what a terminal would obey is shown instead.
func TestWhatIsPrintedObeysNobody(t *testing.T) {
	dir := write(t, map[string]string{
		"package.json":            `{"scripts":{"dev":"vite --title '\u001b]0;x\u0007' & no\u202esuch \u001b[2J"}}`,
		"index.html":              "",
		oddFolder + "/Cargo.toml": "\x1b[31m = ",
		"we\u202eb/package.json":  `{"scripts":{"dev":"storybook \u001b[2J"}}`,
		".env.example":            "",
		"deno.json":               "{ \x1b[2J",
	})
	p, err := Make(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := append(append(append([]string{string(p.Text)}, p.First...), p.Said...), p.Faults...)
	for _, s := range p.Skipped {
		all = append(all, s.What, s.Where, s.Why, strings.Join(s.Lines, "\n"))
	}
	if len(p.Faults) == 0 || len(p.Skipped) == 0 || len(p.Services) == 0 {
		t.Errorf("too little is told: %+v", p)
	}
	for _, text := range all {
		for _, c := range text {
			if c != '\n' && unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
				t.Errorf("%q has %q in it", text, c)
			}
		}
	}
}

func TestWhyThereIsNoProposal(t *testing.T) {
	if _, err := Make(t.Context(), filepath.Join(t.TempDir(), "missing"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if p, err := Make(t.Context(), t.TempDir(), Options{}); !errors.Is(err, ErrNothing) || p == nil {
		t.Errorf("an empty folder: %v, %v", p, err)
	}
}
