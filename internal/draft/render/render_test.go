package render

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"devgate/internal/detect/found"
	"devgate/procfile"
)

// TestTextsArriveAsTheyAre: whatever is in a command of the project, what devgate
// reads back and fills in is that command.
func TestTextsArriveAsTheyAre(t *testing.T) {
	pieces := []string{"{", "}", "{{", "}}", "${", "$", "port", "prot", "api.port", "name", `"`, "'", `\`, "\n", "\t", "\x7f", "\x01", "é", "\u2028", " ", "a", "#", "=", "]"}
	rapid.Check(t, func(t *rapid.T) {
		command := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 15).Draw(t, "command"), "")
		if strings.TrimSpace(command) == "" {
			return
		}
		file := "[api]\ncommand = " + text(expand(found.Text(command))) + "\nport = 4000\n"
		parsed, err := parse([]byte(file))
		if err != nil {
			t.Fatalf("%q: %v", command, err)
		}
		got := procfile.Expand(parsed.Services[0].Command.Shell, func(string) (string, bool) { return "!", true })
		if got != command {
			t.Fatalf("%q became %q by way of\n%s", command, got, file)
		}
	})
}

func TestMarksBecomePlaceholders(t *testing.T) {
	got := expand("a " + found.BinMark + " --port=" + found.PortMark + " {port} ${PORT}")
	if want := "a {bin} --port={port} {{port}} ${PORT}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWaysToBeReady(t *testing.T) {
	for _, test := range []struct {
		ready found.Ready
		want  string
	}{
		{found.Ready{}, ""},
		{found.Ready{Path: "/up"}, `"/up"`},
		{found.Ready{Path: "/up", Timeout: "3m"}, `{ http = "/up", timeout = "3m" }`},
		{found.Ready{TCP: 3000}, `{ tcp = 3000 }`},
		{found.Ready{Log: "a.b"}, `{ log = "a.b" }`},
		{found.Ready{Timeout: "2m"}, `{ timeout = "2m" }`},
	} {
		var b table
		ready(&b, test.ready)
		got := ""
		if len(b.keys) > 0 {
			got = b.keys[0].value
		}
		if got != test.want {
			t.Errorf("%+v: got %s, want %s", test.ready, got, test.want)
		}
	}
}
