package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// errorNumber are the names that packages syscall, unix and windows have for the
// errors of a system.
var errorNumber = regexp.MustCompile(`^(E[A-Z0-9]{2,}|WSAE?[A-Z]+|ERROR_[A-Z_]+|Errno)$`)

// N3: what a system calls its errors is compared in internal/oserr, and in files
// that are built for systems that have those numbers in common.
func TestOnlyOnePlaceComparesErrorNumbersOfSeveralSystems(t *testing.T) {
	for _, path := range goFiles(t) {
		if strings.HasPrefix(path, filepath.Join("internal", "oserr")) || !isShared(t, path) {
			continue
		}
		for _, use := range errorNumbersIn(t, path, nil) {
			t.Errorf("%s compares an error number that is not the same everywhere: a cause of internal/oserr does", use)
		}
	}
}

func TestTheUseOfAnErrorNumberIsSeen(t *testing.T) {
	const source = `package x
import "errors"
import sys "syscall"
import "golang.org/x/sys/windows"
func f(err error) bool { return errors.Is(err, sys.EPIPE) || err == windows.WSAEACCES || sys.Exit != nil }
var n sys.Errno`
	if got := errorNumbersIn(t, "x.go", source); len(got) != 3 {
		t.Errorf("seen: %q", got)
	}
	for path, want := range map[string]bool{"arrows_test.go": true, filepath.Join("internal", "oserr", "numbers_windows.go"): false, filepath.Join("internal", "oserr", "numbers_unix.go"): false} {
		if isShared(t, path) != want {
			t.Errorf("%s is built for all systems: %v", path, !want)
		}
	}
}

func goFiles(t *testing.T) (all []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if name := entry.Name(); entry.IsDir() && path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || name == "dist") {
			return fs.SkipDir
		}
		if filepath.Ext(path) == ".go" {
			all = append(all, path)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files: %v", len(all), err)
	}
	return all
}

// isShared reports whether a file is built for Windows and for another system.
func isShared(t *testing.T, path string) bool {
	t.Helper()
	var built []string
	for _, system := range systems() {
		context := build.Default
		context.GOOS, context.BuildTags = system, []string{"e2e"}
		is, err := context.MatchFile(filepath.Dir(path), filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		if is {
			built = append(built, system)
		}
	}
	return len(built) > 1 && slices.Contains(built, "windows")
}

// errorNumbersIn are the places in a file that name an error number.
func errorNumbersIn(t *testing.T, path string, source any) (uses []string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	systemPackages := map[string]bool{}
	for _, i := range file.Imports {
		switch name := strings.Trim(i.Path.Value, `"`); {
		case name != "syscall" && !strings.HasPrefix(name, "golang.org/x/sys/"):
		case i.Name != nil:
			systemPackages[i.Name.Name] = true
		default:
			systemPackages[filepath.Base(name)] = true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && systemPackages[x.Name] && errorNumber.MatchString(s.Sel.Name) {
				uses = append(uses, files.Position(s.Pos()).String()+": "+x.Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	return uses
}
