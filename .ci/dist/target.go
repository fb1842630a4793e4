package main

// target is a system that devgate is built for.
type target struct {
	os, arch string // as Go calls them
	cpu      string // as node calls it
}

var targets = []target{
	{"linux", "amd64", "x64"},
	{"linux", "arm64", "arm64"},
	{"darwin", "amd64", "x64"},
	{"darwin", "arm64", "arm64"},
}

func (t target) String() string { return t.os + "_" + t.arch }
