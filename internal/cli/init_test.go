package cli

import (
	"fmt"
	"testing"

	"devgate/internal/proposal"
)

// TestSkipsOfOneReasonAreOneLine: a workspace of fifty packages fills no screen.
func TestSkipsOfOneReasonAreOneLine(t *testing.T) {
	skip := func(what, why string, lines ...string) proposal.Skip {
		return proposal.Skip{What: what, Where: what + "/x", Why: why, Lines: lines}
	}
	for _, test := range []struct {
		skips []proposal.Skip
		want  string
	}{
		{nil, "[]"},
		{[]proposal.Skip{skip("a", "ends"), skip("b", "tests"), skip("c", "ends")}, "[a (a/x), c (c/x):ends:0 b (b/x):tests:0]"},
		{[]proposal.Skip{skip("a", "more", "[a]"), skip("b", "more", "[b]")}, "[a (a/x):more:1 b (b/x):more:1]"},
		{[]proposal.Skip{skip("a", "more", "[a]"), skip("b", "more", "[b]"), skip("c", "more", "[c]"), skip("d", "more", "[d]")}, "[a (a/x), b (b/x), c (c/x), d (d/x):more:0]"},
	} {
		got := []string{}
		for _, s := range grouped(test.skips) {
			got = append(got, fmt.Sprintf("%s:%s:%d", s.What, s.Why, len(s.Lines)))
		}
		if fmt.Sprint(got) != test.want {
			t.Errorf("got %v, want %s", got, test.want)
		}
	}
}
