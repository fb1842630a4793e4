package procfile

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A pattern that is compiled late must not be found to be broken late.
func TestEveryLazyPatternCompiles(t *testing.T) {
	found := 0
	for _, pattern := range lazyPatterns(t) {
		found++
		if _, err := regexp.Compile(pattern); err != nil {
			t.Error(err)
		}
	}
	if found == 0 {
		t.Error("no pattern was found in the sources")
	}
}

// lazyPatterns are the arguments of all calls of lazy in this package.
func lazyPatterns(t *testing.T) (patterns []string) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			name, _ := call.Fun.(*ast.Ident)
			literal, isLiteral := call.Args[0].(*ast.BasicLit)
			if name != nil && name.Name == "lazy" && isLiteral {
				pattern, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				patterns = append(patterns, pattern)
			}
			return true
		})
	}
	return patterns
}
