package tree

import (
	"slices"
	"strings"
)

// filled are folders that tools fill, or that hold what nobody runs. The list is
// for speed as much as for meaning: none of them is entered.
var filled = []string{
	"node_modules", "bower_components", "vendor", "site-packages", "Pods", "deps", "_build",
	"dist", "build", "target", "out", "obj", "coverage", "__pycache__", "venv", "tmp", "log", "logs",
	"end2end", "fixtures", "testdata", "cypress", "playwright", "__tests__", "spec",
}

// begun are the beginnings of such names.
var begun = []string{".", "test", "e2e", "template", "example"}

// passes reports whether a folder of this name is not entered.
func passes(name string) bool {
	return slices.Contains(filled, name) ||
		slices.ContainsFunc(begun, func(b string) bool { return strings.HasPrefix(name, b) })
}

// Passes reports whether a path leads through a folder that is never entered.
func Passes(path string) bool {
	return path != "." && slices.ContainsFunc(strings.Split(path, "/"), passes)
}

func isExample(name string) bool { return strings.HasPrefix(name, "example") }
