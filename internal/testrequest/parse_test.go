package testrequest

import (
	"strings"
	"testing"
)

// Entries are read as they are written.
func TestEntriesAreReadAsWritten(t *testing.T) {
	all, err := parse("f", `# a comment
= one
rfc    9112 1: because
either 400 none body end
sees   GET "/\xff"+3*"ab" "x" host=a
send   "GET /\xff" 2*"\r\n" host
= two
rfc    9112 2
refuse 400
send   next
`)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	e := all[0]
	if e.Name != "f/one" || e.Decision != Either || len(e.Statuses) != 2 || !e.InBody || !e.End || e.Closes || e.Reason != "9112 1: because" {
		t.Errorf("%+v", e)
	}
	if len(e.Sees) != 1 || e.Sees[0] != (Request{"GET", "/\xffababab", "x", "a"}) {
		t.Errorf("%q", e.Sees)
	}
	if want := "GET /\xff\r\n\r\nHost: localhost\r\n"; e.Stream != want {
		t.Errorf("%q, want %q", e.Stream, want)
	}
	if !all[1].Closes || !strings.HasPrefix(all[1].Stream, "GET /smuggled ") {
		t.Errorf("%+v", all[1])
	}
}

// What is not understood is an error, not left out.
func TestWhatIsNotUnderstoodIsAnError(t *testing.T) {
	const good = "= a\nrfc 1\nrefuse 400\nsend next\n"
	for _, text := range []string{
		"rfc 1\n", good + "sned next\n", good + "send nxt\n", good + "send \"\\q\"\n", good + "send \"x\n", good + "refuse 4OO\n", good + good,
		"= a\nrfc 1\nrefuse\nsend next\n", "= a\nrfc 1\naccept\nsend next\n", "= a\nrefuse 400\nsend next\n", "= a\nrfc 1\nrefuse 400\n",
		good + "sees GET\n", good + "sees GET / a b\n", "= a\nrfc 1\naccept 400\nsees GET /\nsend next\n",
	} {
		if all, err := parse("f", text); err == nil {
			t.Errorf("%q is %+v", text, all)
		}
	}
}

func TestFilesOfEntriesAreRead(t *testing.T) {
	if all := All(t); len(all) < 300 {
		t.Errorf("%d entries", len(all))
	}
}
