package session

import (
	"slices"
	"testing"
)

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
