package logmux

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// kept returns the texts a ring holds, the oldest first.
func kept(r *ring) []string {
	var all []string
	for i := r.first; i < r.next; i++ {
		all = append(all, r.line(i).Text)
	}
	return all
}

// A ring is a queue that forgets at its front: lines by number, then by bytes.
func TestRingKeepsTheLastLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keep := rapid.IntRange(1, 600).Draw(t, "keep")
		longest := rapid.SampledFrom([]int{1, 200, 4096, maxPiece}).Draw(t, "longest")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		r := newRing("api", keep)
		var model []string
		size := 0
		for i := range 600 {
			if i == 300 {
				longest = 10 // many lines in place of a few long ones
			}
			line := strings.Repeat(string(rune('a'+i%26)), random.IntN(longest+1))
			r.add(entry{}, []byte(line))
			model = append(model, line)
			for size += len(line); size > ringBytes || len(model) > keep; model = model[1:] {
				size -= len(model[0])
			}
		}
		if got := kept(r); !slices.Equal(got, model) {
			t.Fatalf("%d lines kept, want %d, or other texts", len(got), len(model))
		}
		if len(r.text) > ringBytes || len(r.entries) > max(entryStart, 8*keep) {
			t.Fatalf("grown to %d bytes and %d entries", len(r.text), len(r.entries))
		}
	})
}

func TestQuietServicesCostLittle(t *testing.T) {
	r := newRing("api", defaultKeep)
	if r.text != nil || r.entries != nil {
		t.Error("an unused ring has memory")
	}
	r.add(entry{}, []byte("x"))
	if len(r.text) != ringStart || len(r.entries) != entryStart {
		t.Errorf("one line takes %d bytes and %d entries", len(r.text), len(r.entries))
	}
}

func TestRememberedLines(t *testing.T) {
	at := time.Unix(1, 2)
	m := newMemory(10)
	r := m.ring("api")
	m.add(r, fromStderr, at, []byte("\x1b[31mred\x1b[0mplain"), []piece{{12, false, true}, {17, true, false}})
	want := []Line{
		{At: at, Service: "api", Stream: Stderr, Text: "red", Styled: "\x1b[31mred\x1b[0m", Number: 1},
		{At: at, Service: "api", Stream: Stderr, Text: "plain", Styled: "plain", Continued: true, Number: 2},
	}
	if got := m.tail("api", 5); !slices.Equal(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestTail(t *testing.T) {
	p := New(Config{Out: &recorder{}, Services: []string{"api", "web"}, Keep: 50})
	defer p.Close()
	api, web := p.Stream("api", Stdout), p.Stream("web", Stdout)
	for i := range 100 {
		feed(t, api, fmt.Sprintf("api %d\n", i))
		feed(t, web, fmt.Sprintf("web %d\n", i))
	}
	p.Devgate("api", "exited 1")
	t.Run("is the service's own last lines in order", func(t *testing.T) {
		wantEqual(t, texts(p.Tail("api", 3)), "api 97\napi 98\napi 99\n")
	})
	t.Run("is at most what is kept", func(t *testing.T) {
		if got := p.Tail("web", 1000); len(got) != 50 || got[0].Text != "web 50" {
			t.Errorf("%d lines from %q on, want 50 from web 50 on", len(got), got[0].Text)
		}
	})
	t.Run("of an unknown service or of no lines is empty", func(t *testing.T) {
		if got := append(p.Tail("auth", 3), p.Tail("api", 0)...); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}
