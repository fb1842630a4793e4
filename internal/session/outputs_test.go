package session

import (
	"strings"
	"testing"
)

// P5: the last lines of a service that fails are lines that a person reads.
func TestALineThatIsShownAsAnExampleIsShort(t *testing.T) {
	for text, want := range map[string]string{
		"short":                        "short",
		strings.Repeat("x", 500):       strings.Repeat("x", 500),
		strings.Repeat("x", 501):       strings.Repeat("x", 500) + "…",
		strings.Repeat("é", 300):       strings.Repeat("é", 250) + "…",
		"x" + strings.Repeat("é", 300): "x" + strings.Repeat("é", 249) + "…",
	} {
		if got := clip(text); got != want {
			t.Errorf("%d bytes became %d, want %d", len(text), len(got), len(want))
		}
	}
}
