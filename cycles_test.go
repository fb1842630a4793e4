package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// cycleMax is how many files of one package may need each other in a circle. A
// larger group cannot be read one file at a time: it wants a direction, or to be
// two packages.
const cycleMax = 12

func TestFilesOfAPackageFormNoLargeCycle(t *testing.T) {
	for _, p := range listed(t) {
		for _, group := range cycles(references(t, p)) {
			t.Logf("%s: %d files in a circle: %s", p.ImportPath, len(group), strings.Join(group, " "))
			if len(group) > cycleMax {
				t.Errorf("%s: more than %d files need each other in a circle", p.ImportPath, cycleMax)
			}
		}
	}
}

func TestCyclesAreFound(t *testing.T) {
	got := cycles(map[string][]string{
		"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, // a circle
		"d": {"e"}, "e": {"d"}, // another, behind it
		"f": {"a"}, // a way in is none
	})
	if want := "[[a b c] [d e]]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// listing is what `go list` says of a package of this module.
type listing struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Module                  *struct{ Main bool }

	exports map[string]string // files with the types of every package, by path
}

func listed(t *testing.T) (all []listing) {
	out, err := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Module", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	exports := map[string]string{}
	for packages := json.NewDecoder(strings.NewReader(string(out))); ; {
		p := listing{exports: exports}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if p.Module != nil && p.Module.Main {
			all = append(all, p)
		}
	}
}

// references are the files that each file of a package needs: those that declare
// a type, function, method, field, variable or constant that it uses.
func references(t *testing.T, p listing) map[string][]string {
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(p.exports[path]) })}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	self, err := conf.Check(p.ImportPath, set, files, info)
	if err != nil {
		t.Fatal(err)
	}
	nameOf := func(at token.Pos) string { return filepath.Base(set.File(at).Name()) }
	needs := map[string]map[string]bool{}
	for use, object := range info.Uses {
		if from := nameOf(use.Pos()); object.Pkg() == self && nameOf(object.Pos()) != from {
			if needs[from] == nil {
				needs[from] = map[string]bool{}
			}
			needs[from][nameOf(object.Pos())] = true
		}
	}
	all := map[string][]string{}
	for from, to := range needs {
		all[from] = slices.Sorted(maps.Keys(to))
	}
	return all
}

// cycles are the groups of two and more names that reach each other, sorted.
func cycles(needs map[string][]string) (groups [][]string) {
	reach := map[string]map[string]bool{}
	for from := range needs {
		reach[from] = map[string]bool{}
		walk(needs, from, reach[from])
	}
	grouped := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(reach)) {
		if grouped[name] || !reach[name][name] {
			continue
		}
		var group []string
		for _, other := range slices.Sorted(maps.Keys(reach)) {
			if reach[name][other] && reach[other][name] {
				group, grouped[other] = append(group, other), true
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// walk marks everything that can be reached from a name.
func walk(needs map[string][]string, from string, seen map[string]bool) {
	for _, to := range needs[from] {
		if !seen[to] {
			seen[to] = true
			walk(needs, to, seen)
		}
	}
}
