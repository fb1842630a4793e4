package proc

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWhatAProcessWritesIsCounted(t *testing.T) {
	me := []int{os.Getpid()}
	before, known := Wrote(me)
	if !known {
		t.Fatal("not known of this process")
	}
	if err := os.WriteFile(filepath.Join(t.TempDir(), "a"), make([]byte, 5000), 0o644); err != nil {
		t.Fatal(err)
	}
	if after, _ := Wrote(me); after < before+5000 {
		t.Errorf("%d bytes, then %d", before, after)
	}
	if _, known := Wrote([]int{os.Getpid(), 1 << 30}); known {
		t.Error("known of a process that is not there")
	}
	for text, want := range map[string]uint64{"rchar: 5\nwchar: 17\nsyscr: 1\n": 17, "rchar: 5\n": 0, "": 0, "rchar: 5\nwchar: x\n": 0} {
		if n, ok := parseWrote(text); n != want || ok != (want != 0) {
			t.Errorf("%q: %d, %v", text, n, ok)
		}
	}
}
