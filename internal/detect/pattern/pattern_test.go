package pattern

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEveryPatternCompiles reads the patterns out of the sources: at run time a
// mistake would show only in the project that needs it.
func TestEveryPatternCompiles(t *testing.T) {
	n := 0
	for _, root := range []string{"..", "../../draft"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(node ast.Node) bool {
				if call, ok := node.(*ast.CallExpr); ok && isNew(call) {
					n++
					compile(t, path, call)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 50 {
		t.Errorf("only %d patterns were found", n)
	}
}

func isNew(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "New" || len(call.Args) != 1 {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == "pattern"
}

func compile(t *testing.T, path string, call *ast.CallExpr) {
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		t.Errorf("%s: a pattern that is no literal", path)
		return
	}
	source, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := regexp.Compile(source); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

func TestPatternsAreThoseOfRegexp(t *testing.T) {
	p := New(`a(b*)`)
	if !p.MatchString("xabb") || p.FindStringSubmatch("xabb")[1] != "bb" || len(p.FindAllString("a ab", -1)) != 2 ||
		p.ReplaceAllString("ab", "$1") != "b" || p.ReplaceAllStringFunc("ab", strings.ToUpper) != "AB" || len(p.FindAllStringSubmatch("a ab", 1)) != 1 {
		t.Error("a pattern does something else")
	}
}
