package agents

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	block := string(Block())
	dos := strings.ReplaceAll(block, "\n", "\r\n")
	older := "<!-- devgate: of an older version -->\nold words\n<!-- /devgate -->\n"
	for _, c := range []struct{ name, old, want string }{
		{"nothing", "", block},
		{"a file", "# Ours\n", "# Ours\n\n" + block},
		{"a file without a last line end", "# Ours", "# Ours\n\n" + block},
		{"a file of CRLF", "# Ours\r\n", "# Ours\r\n\r\n" + dos},
		{"the block itself", "a\n" + block + "b", "a\n" + block + "b"},
		{"an older block", "\xef\xbb\xbfa\n" + older + "\tb  \n\n", "\xef\xbb\xbfa\n" + block + "\tb  \n\n"},
		{"an older block of CRLF", "a\r\n" + strings.ReplaceAll(older, "\n", "\r\n") + "b\r\n", "a\r\n" + dos + "b\r\n"},
		{"an older block at the end, cut", "a\n" + strings.TrimSuffix(older, "\n"), "a\n" + block},
		{"no text", "\xff\x00\xfe\n", "\xff\x00\xfe\n\n" + block},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Merge([]byte(c.old))
			if err != nil || string(got) != c.want {
				t.Errorf("%v\n%q\nwant\n%q", err, got, c.want)
			}
		})
	}
}

func TestMergeRefusesABlockWhoseEndsAreNotPlain(t *testing.T) {
	block := string(Block())
	for text, want := range map[string]string{
		"one\n" + begin + "\ntwo\n":             "line 2 begins a block of devgate's that has no end\n  hint: write <!-- /devgate --> where it ends, or remove the line",
		"one\n\n" + end + "\n":                  "line 3 ends a block of devgate's that has no beginning\n  hint: remove the line",
		begin + "\n" + begin + "\n" + end:       "lines 1 and 2 both begin a block of devgate's\n  hint: remove one of the blocks, up to <!-- /devgate -->",
		begin + "\n" + end + "\n" + block + "x": "line 3 begins a second block of devgate's\n  hint: remove one of the blocks, up to <!-- /devgate -->",
	} {
		if _, err := Merge([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

// Whatever is around it stays, and a second time changes nothing.
func TestMergeKeepsEverythingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"", "a", "\n", "\r\n", "é\n", "`<!-- devgate: -->`\n", "\x00", "  - x\t\n"})
		before := strings.Join(rapid.SliceOf(piece).Draw(t, "before"), "")
		after := strings.Join(rapid.SliceOf(piece).Draw(t, "after"), "")
		first, err := Merge([]byte(before))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(first, []byte(before)) {
			t.Fatalf("%q has become %q", before, first)
		}
		whole := append(first, after...)
		again, err := Merge(whole)
		// The line ends of what follows may be the first of their kind.
		plain := func(b []byte) string { return strings.ReplaceAll(string(b), "\r\n", "\n") }
		if err != nil || plain(again) != plain(whole) || !bytes.HasPrefix(again, []byte(before)) || !bytes.HasSuffix(again, []byte(after)) {
			t.Fatalf("%v: %q has become %q", err, whole, again)
		}
		if third, err := Merge(again); err != nil || !bytes.Equal(third, again) {
			t.Fatalf("%v: %q has become %q", err, again, third)
		}
	})
}

// wrote demands a change of the file in a folder, and what it says then.
func wrote(t *testing.T, dir string, want Change, content string) {
	t.Helper()
	got, err := Write(t.Context(), dir)
	now, _ := os.ReadFile(filepath.Join(dir, Name))
	if err != nil || got != want || string(now) != content {
		t.Errorf("%d %v, want %d:\n%s", got, err, want, now)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	block := string(Block())
	wrote(t, dir, Made, block)
	before, _ := os.Stat(path)
	wrote(t, dir, None, block)
	if after, _ := os.Stat(path); !os.SameFile(before, after) || after.ModTime() != before.ModTime() {
		t.Error("a file that was as it should be has been written")
	}
}
