package render

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"devgate/internal/detect"
	"devgate/internal/draft"
	"devgate/procfile"
)

var update = flag.Bool("update", false, "write the files that the trees lead to into their archives")

// wanted is the folder of an archive that is not part of the project.
const wanted = "want/"

// project makes a file system of an archive. A name that ends in "/" is a folder.
func project(a *txtar.Archive) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range a.Files {
		if name, ok := strings.CutSuffix(f.Name, "/"); ok {
			fsys[name] = &fstest.MapFile{Mode: os.ModeDir | 0o755}
		} else if !strings.HasPrefix(f.Name, wanted) {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
		}
	}
	return fsys
}

// report is what is said beside the file, as the archives have it.
func report(p *draft.Plan, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "Error: %v\n", err)
	}
	for _, command := range p.First {
		fmt.Fprintf(&b, "First: %s\n", command)
	}
	for _, s := range p.Skipped {
		fmt.Fprintf(&b, "Skip: %s (%s): %s\n", s.What, s.Where, s.Why)
	}
	for _, said := range p.Said {
		fmt.Fprintf(&b, "Said: %s\n", said)
	}
	return b.String()
}

func TestTrees(t *testing.T) {
	archives, err := filepath.Glob("testdata/trees/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no trees", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			testTree(t, file)
		})
	}
}

func testTree(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	options := draft.Options{Compose: strings.Contains(string(a.Comment), "--compose")}
	found := detect.Read(project(a))
	plan, err := draft.Make(found, options)
	got := map[string][]byte{"want/report": []byte(report(plan, err))}
	if err == nil {
		got["want/Devgatefile"] = Devgatefile(plan)
		mustParse(t, got["want/Devgatefile"])
	} else if !errors.Is(err, draft.ErrNothing) && !errors.Is(err, draft.ErrCollection) {
		t.Fatal(err)
	}
	if *update {
		updateArchive(t, file, a, got)
		return
	}
	for name, text := range got {
		if want := content(a, name); !bytes.Equal(text, want) {
			t.Errorf("%s:\n%s\nwant:\n%s", name, text, want)
		}
	}
}

func mustParse(t *testing.T, file []byte) {
	t.Helper()
	if _, err := parse(file); err != nil {
		t.Fatalf("%v\nin\n%s", err, file)
	}
}

// parse reads a Devgatefile as devgate does.
func parse(file []byte) (*procfile.File, error) { return procfile.Parse("Devgatefile", file) }

func content(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func updateArchive(t *testing.T, file string, a *txtar.Archive, got map[string][]byte) {
	kept := a.Files[:0:0]
	for _, f := range a.Files {
		if !strings.HasPrefix(f.Name, wanted) {
			kept = append(kept, f)
		}
	}
	for _, name := range []string{"want/Devgatefile", "want/report"} {
		if text, ok := got[name]; ok {
			kept = append(kept, txtar.File{Name: name, Data: text})
		}
	}
	a.Files = kept
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
