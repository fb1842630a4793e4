package watch

import (
	"strings"
	"testing"
)

// A project that was entered, or whose patterns are written, in another case than that of the
// disk is watched as any other, and told in the spelling of the disk.
func TestCaseTellsNoFilesApart(t *testing.T) {
	r := newRig(t, "SRC/**/*.GO")
	r.mkdir("Src/Deep")
	r.write("Src/Deep/Main.go", "a")
	r.w.Root = strings.ToUpper(r.root)
	r.w.Targets[0].Dir = strings.ToLower(r.root)
	r.w.Targets[0].Ignore = []string{"src/deep/GEN.go"}
	r.start()
	r.write("Src/Deep/gen.go", "b")
	r.write("Src/Deep/MAIN.go", "b") // the same file
	if c := r.next(); strings.Join(c.Files, " ") != "Src/Deep/Main.go" {
		t.Errorf("got %v", c.Files)
	}
	r.write("src/deep/new.Go", "b")
	if c := r.next(); strings.Join(c.Files, " ") != "Src/Deep/new.Go" {
		t.Errorf("got %v", c.Files)
	}
}
