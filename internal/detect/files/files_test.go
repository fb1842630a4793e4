package files

import "testing"

func TestEnvironmentFiles(t *testing.T) {
	for text, want := range map[string]string{
		"A=1\nexport B=2\nC: 3\n":      "",
		"A=1\nB=x${A}\n":               "${...}",
		"B='x${A}'\n":                  "",
		"# B=${A}\n":                   "",
		"B=$A/x\n":                     "$NAME",
		"B=pa$$word\n":                 "",
		"B=a\\$A\n":                    "",
		"KEY=\"-----BEGIN\nabc\n\"\n":  "values of several lines",
		"PORT=3000\nB=\"whole\" # x\n": "",
	} {
		if got := Oddity(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
