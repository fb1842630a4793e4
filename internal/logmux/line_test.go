package logmux

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// C5: JSON lines are stable, without ANSI codes, with HTML as it is.
func TestJSONLines(t *testing.T) {
	at := time.Date(2026, 1, 2, 16, 4, 5, 678_912_345, time.FixedZone("", 3600))
	for name, test := range map[string]struct {
		line Line
		want string
	}{
		"keys stand in order": {
			Line{At: at, Service: "api", Stream: Stdout, Text: "hello"},
			`{"at":"2026-01-02T15:04:05.678Z","service":"api","stream":"stdout","text":"hello"}`,
		},
		"colours go along from one devgate to another": {
			Line{At: at, Service: "api", Stream: Stdout, Text: "hello", Styled: "\x1b[1mhello\x1b[0m", Continued: true},
			`{"at":"2026-01-02T15:04:05.678Z","service":"api","stream":"stdout","text":"hello","continued":true,"styled":"\u001b[1mhello\u001b[0m"}`,
		},
		"a continued line says so": {
			Line{At: at, Service: "api", Stream: Stderr, Text: "x", Continued: true},
			`{"at":"2026-01-02T15:04:05.678Z","service":"api","stream":"stderr","text":"x","continued":true}`,
		},
		"markup stays readable": {
			Line{At: at, Service: "web", Stream: Devgate, Text: `<a href="x">&amp;\</a>` + "\t漢"},
			`{"at":"2026-01-02T15:04:05.678Z","service":"web","stream":"devgate","text":"<a href=\"x\">&amp;\\</a>\t漢"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantEqual(t, string(test.line.AppendJSON(nil)), test.want)
			var back Line
			if err := json.Unmarshal([]byte(test.want), &back); err != nil {
				t.Fatal(err)
			}
			test.line.At = at.UTC().Truncate(time.Millisecond)
			if back != test.line {
				t.Errorf("read back: %+v, want %+v", back, test.line)
			}
		})
	}
}

// Whatever the bytes, the JSON is valid and says what encoding/json would say.
func TestJSONStringsAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.StringN(0, 50, 200), rapid.Map(rapid.SliceOf(rapid.Byte()),
			func(b []byte) string { return string(b) })).Draw(t, "s")
		var got, want string
		if err := json.Unmarshal(appendString(nil, []byte(s)), &got); err != nil {
			t.Fatal(err)
		}
		std, _ := json.Marshal(s)
		if err := json.Unmarshal(std, &want); err != nil || got != want {
			t.Fatalf("%q, want %q (%v)", got, want, err)
		}
	})
}

func TestMarshalledLines(t *testing.T) {
	got, err := json.Marshal(Line{Service: "api", Stream: Stdout, Text: "a", Styled: "a"})
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, string(got), `{"at":"0001-01-01T00:00:00.000Z","service":"api","stream":"stdout","text":"a"}`)
}
