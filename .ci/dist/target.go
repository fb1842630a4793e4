package main

import "strings"

// target is a system that devgate is built for.
type target struct {
	os, arch  string // as Go calls them
	node, cpu string // as node calls them
}

var targets = []target{
	{"linux", "amd64", "linux", "x64"},
	{"linux", "arm64", "linux", "arm64"},
	{"darwin", "amd64", "darwin", "x64"},
	{"darwin", "arm64", "darwin", "arm64"},
	{"windows", "amd64", "win32", "x64"},
	{"windows", "arm64", "win32", "arm64"},
}

func (t target) String() string { return t.os + "_" + t.arch }

func (t target) isWindows() bool { return t.os == "windows" }

// program is the name of the program's file.
func (t target) program() string {
	if t.isWindows() {
		return "devgate.exe"
	}
	return "devgate"
}

// wants reports whether a file is of use on the system: each has its own shells, and
// Windows has no man pages.
func (t target) wants(path string) bool {
	reference := strings.HasPrefix(path, "man/") || strings.HasPrefix(path, "completions/")
	return !reference || t.isWindows() == (path == powershellCompletion)
}
