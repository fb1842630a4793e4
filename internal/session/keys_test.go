package session

import (
	"slices"
	"testing"
)

// C6: the footer and the help, word for word.
func TestKeysAreShownAndExplained(t *testing.T) {
	if got := keyLine(); got != "r restart · l show · o open · d dashboard · c clear · h help · q quit" {
		t.Errorf("the footer is %q", got)
	}
	want := `keys:
  r      restart: then a name, or Enter for all; Tab completes, Esc leaves
  l      show only what some services print: names, or Enter for all
  o      open the project in the browser
  d      open the dashboard in the browser
  c      clear the screen
  Enter  an empty line, to find this place again
  q      quit: stop everything (as Ctrl-C; exit code 0)` + jobHelp
	if got := keyHelp(); got != want {
		t.Errorf("the help is\n%s\nwant\n%s", got, want)
	}
}

func TestCommonPrefix(t *testing.T) {
	for _, c := range []struct {
		all  []string
		want string
	}{{[]string{"api"}, "api"}, {[]string{"api", "apron"}, "ap"}, {[]string{"api", "web"}, ""}, {[]string{"a", "ab"}, "a"}} {
		if got := commonPrefix(slices.Clone(c.all)); got != c.want {
			t.Errorf("%v: %q, want %q", c.all, got, c.want)
		}
	}
}
