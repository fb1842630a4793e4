package logmux

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestTextLines(t *testing.T) {
	services := []string{"api", "frontend"}
	say := func(p *Printer) {
		feed(t, p.Stream("api", Stdout), "\x1b[31mred\x1b[0m\nplain\n")
		feed(t, p.Stream("frontend", Stderr), "up\n")
		p.Devgate("api", "restarted\nin 31 ms\n")
		p.Devgate("", "ready http://localhost:3000 (2 backends, 1.9s)")
	}
	for name, test := range map[string]struct {
		cfg  Config
		want string
	}{
		"are aligned, and plain without colours (C4)": {Config{Services: services}, `
api      | red
api      | plain
frontend | up
api      * restarted
api      * in 31 ms
devgate: ready http://localhost:3000 (2 backends, 1.9s)
`},
		"have a colour a service": {Config{Services: services, Color: true}, `
<36>api      |<0> <31>red<0>
<36>api      |<0> plain
<33>frontend |<0> up
<36>api      *<0> restarted
<36>api      *<0> in 31 ms
<1>devgate:<22> ready http://localhost:3000 (2 backends, 1.9s)
`},
		"have the time in front when asked": {Config{Services: services, Timestamps: true}, `
00:00:00.000 api      | red
00:00:00.000 api      | plain
00:00:00.000 frontend | up
00:00:00.000 api      * restarted
00:00:00.000 api      * in 31 ms
00:00:00.000 devgate: ready http://localhost:3000 (2 backends, 1.9s)
`},
		"are objects in JSON, never with colours (C5)": {Config{Services: services, Format: JSON, Color: true, Timestamps: true}, `
{"at":"2000-01-01T00:00:00.000Z","service":"api","stream":"stdout","text":"red"}
{"at":"2000-01-01T00:00:00.000Z","service":"api","stream":"stdout","text":"plain"}
{"at":"2000-01-01T00:00:00.000Z","service":"frontend","stream":"stderr","text":"up"}
{"at":"2000-01-01T00:00:00.000Z","service":"api","stream":"devgate","text":"restarted"}
{"at":"2000-01-01T00:00:00.000Z","service":"api","stream":"devgate","text":"in 31 ms"}
{"at":"2000-01-01T00:00:00.000Z","service":"devgate","stream":"devgate","text":"ready http://localhost:3000 (2 backends, 1.9s)"}
`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // where the time stands still
				got := printed(t, test.cfg, say)
				want := strings.ReplaceAll(test.want, "00:00:00.000 ", time.Now().Local().Format("15:04:05.000")+" ")
				wantEqual(t, "\n"+got, strings.NewReplacer("<", "\x1b[", ">", "m").Replace(want))
			})
		})
	}
}

func TestPiecesAreMarked(t *testing.T) {
	long := strings.Repeat("x", maxPiece)
	in := long + long + "end\n"
	t.Run("in text by a plus", func(t *testing.T) {
		out := printed(t, Config{}, func(p *Printer) { feed(t, p.Stream("a", Stdout), in) })
		wantEqual(t, out, "a | "+long+"\na + "+long+"\na + end\n")
	})
	t.Run("in JSON by a key", func(t *testing.T) {
		out := printed(t, Config{Format: JSON}, func(p *Printer) { feed(t, p.Stream("a", Stdout), in) })
		if got := strings.Count(out, `","continued":true}`+"\n"); got != 2 {
			t.Errorf("%d continued lines, want 2", got)
		}
	})
}

func TestServicesCanChange(t *testing.T) {
	out := printed(t, Config{Services: []string{"api"}, Color: true}, func(p *Printer) {
		api := p.Stream("api", Stdout)
		feed(t, api, "a\n")
		p.SetServices([]string{"frontend", "api"})
		feed(t, api, "b\n")
		feed(t, p.Stream("frontend", Stdout), "c\n")
		feed(t, p.Stream("a-longer-one", Stdout), "d\n")
	})
	wantEqual(t, out, "\x1b[36mapi |\x1b[0m a\n\x1b[36mapi      |\x1b[0m b\n"+
		"\x1b[33mfrontend |\x1b[0m c\n\x1b[32ma-longer-one |\x1b[0m d\n")
}

func TestPrintedLinesOfAnotherPrinter(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)
	say := func(p *Printer) {
		p.Print(Line{At: at, Service: "api", Stream: Stdout, Text: "a", Styled: "\x1b[31ma\x1b[0m"})
		p.Print(Line{At: at, Service: "api", Stream: Stderr, Text: "b", Continued: true})
		p.Print(Line{At: at, Service: "api", Stream: Devgate, Text: "c"})
		p.Print(Line{At: at, Service: Devgate, Stream: Devgate, Text: "d"})
		if got := pastOf(p, Query{}); got != "" {
			t.Errorf("remembered %q", got)
		}
	}
	wantEqual(t, printed(t, Config{Timestamps: true}, say),
		"03:04:05.000 api | a\n03:04:05.000 api + b\n03:04:05.000 api * c\n03:04:05.000 devgate: d\n")
	wantEqual(t, printed(t, Config{Color: true, Services: []string{"api"}}, say),
		"\x1b[36mapi |\x1b[0m \x1b[31ma\x1b[0m\n\x1b[36mapi +\x1b[0m b\n\x1b[36mapi *\x1b[0m c\n\x1b[1mdevgate:\x1b[22m d\n")
}

// P8: never two services in one line, never a lost or cut line, and what devgate
// says at once stays together, with any number of writers and any chunks.
func TestConcurrentWritersKeepLinesWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out := &recorder{}
		p := New(Config{Out: out})
		want := map[string][]string{}
		done := make(chan struct{})
		writers := rapid.IntRange(1, 5).Draw(t, "writers")
		for w := range writers {
			name := fmt.Sprintf("s%d", w)
			lines := rapid.SliceOfN(rapid.StringMatching(`[a-z ]{0,60}`), 1, 30).Draw(t, name)
			want[name] = lines
			seed := rapid.Uint64().Draw(t, name+" chunks")
			text := strings.Join(lines, "\n") + "\n"
			s := p.Stream(name, Stdout)
			go func() {
				for _, chunk := range randomChunks([]byte(text), seed) {
					s.Write([]byte(chunk))
				}
				p.Devgate(name, "1\n2\n3")
				s.Close()
				done <- struct{}{}
			}()
		}
		for range writers {
			<-done
		}
		p.Close()
		checkWhole(t, out, want)
	})
}

func checkWhole(t *rapid.T, out *recorder, want map[string][]string) {
	got := map[string][]string{}
	for _, write := range out.writes {
		if !strings.HasSuffix(write, "\n") {
			t.Fatalf("a write without a line end: %q", write)
		}
	}
	whole := strings.TrimSuffix(out.String(), "\n")
	for line := range strings.SplitSeq(whole, "\n") {
		if name, text, ok := strings.Cut(line, " | "); ok {
			got[name] = append(got[name], text)
		}
	}
	for name, lines := range want {
		if !slices.Equal(got[name], lines) {
			t.Fatalf("%s: %q, want %q", name, got[name], lines)
		}
		if together := fmt.Sprintf("%[1]s * 1\n%[1]s * 2\n%[1]s * 3", name); !strings.Contains(whole, together) {
			t.Fatalf("lines of devgate about %s are torn apart: %q", name, whole)
		}
	}
}
