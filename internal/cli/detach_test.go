package cli

import (
	"strings"
	"testing"
)

// What a devgate in the background has said is passed on as it is; of very much the end,
// in whole lines.
func TestLastWordsAreTheEndOfTheLog(t *testing.T) {
	if got := lastWords("devgate: port 1 is taken\n", "x.log"); got != "port 1 is taken" {
		t.Errorf("got %q", got)
	}
	long := "devgate: first\n" + strings.Repeat("web | a line of it\n", 5000) + "devgate: web failed\n"
	first, rest, _ := strings.Cut(lastWords(long, "x.log"), "\n")
	if first != "the devgate in the background has ended; x.log has all that it said, the end of which is" {
		t.Errorf("got %q", first)
	}
	if len(rest) > mostWords || !strings.HasPrefix(rest, "web | a line") || !strings.HasSuffix(rest, "\ndevgate: web failed") {
		t.Errorf("got %d bytes, %q … %q", len(rest), rest[:40], rest[len(rest)-40:])
	}
	if got := lastWords(strings.Repeat("é", mostWords), "x.log"); len(got) > mostWords+200 {
		t.Errorf("one line gave %d bytes", len(got))
	}
}
