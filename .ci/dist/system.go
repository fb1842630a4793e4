package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // registers itself
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// maintainer stands in .deb and .rpm, which want a name and an address.
const maintainer = "The devgate authors <devgate@devgate.invalid>"

const summary = "Start every server of a project with one command, behind one port"

// systemPackage is a .deb or an .rpm.
func (r *release) systemPackage(t target, format string, all fileList) (artefact, error) {
	folder, err := os.MkdirTemp("", "dist")
	if err != nil {
		return artefact{}, err
	}
	defer os.RemoveAll(folder)
	var contents files.Contents
	for _, f := range installed(format, all) {
		c, err := r.content(folder, f)
		if err != nil {
			return artefact{}, err
		}
		contents = append(contents, c)
	}
	version, pre, _ := strings.Cut(r.version, "-")
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: "devgate", Arch: t.arch, Platform: t.os, Version: version, Prerelease: pre, VersionSchema: "semver",
		Section: "devel", Priority: "optional", Maintainer: maintainer, Vendor: "devgate", License: "MIT", Homepage: r.home,
		Description: summary + "\nIt streams their logs, waits until they answer, sends a 404 of the first on\nto the next, and restarts what changed.",
		MTime:       r.date, DisableGlobbing: true,
		Overridables: nfpm.Overridables{
			Contents: contents,
			RPM:      nfpm.RPM{BuildHost: "devgate", Summary: summary, Compression: "gzip:9"},
		},
	})
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return artefact{}, err
	}
	packager, err := nfpm.Get(format)
	if err != nil {
		return artefact{}, err
	}
	var out bytes.Buffer
	err = packager.Package(info, &out)
	return artefact{packager.ConventionalFileName(info), out.Bytes()}, err
}

// content puts a file where nfpm reads it.
func (r *release) content(folder string, f file) (*files.Content, error) {
	source := filepath.Join(folder, strings.ReplaceAll(f.path, "/", "_"))
	return &files.Content{
		Source: source, Destination: f.path,
		FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: f.mode, MTime: r.date},
	}, os.WriteFile(source, f.data, 0o644)
}

// places are where a Linux system has what an archive has, by its path there; what
// is not named is documentation.
var places = map[string]map[string]string{
	"deb": {
		"devgate":                  "/usr/bin/devgate",
		"completions/devgate.bash": "/usr/share/bash-completion/completions/devgate",
		"completions/devgate.fish": "/usr/share/fish/vendor_completions.d/devgate.fish",
		"completions/_devgate":     "/usr/share/zsh/vendor-completions/_devgate",
		"LICENSE":                  "/usr/share/doc/devgate/copyright",
	},
	"rpm": {
		"devgate":                  "/usr/bin/devgate",
		"completions/devgate.bash": "/usr/share/bash-completion/completions/devgate",
		"completions/devgate.fish": "/usr/share/fish/vendor_completions.d/devgate.fish",
		"completions/_devgate":     "/usr/share/zsh/site-functions/_devgate",
		"LICENSE":                  "/usr/share/licenses/devgate/LICENSE",
	},
}

// installed are the files of an archive, each in its place.
func installed(format string, all fileList) (placed fileList) {
	for _, f := range all {
		place, ok := places[format][f.path]
		switch {
		case ok:
			f.path = place
		case strings.HasPrefix(f.path, "man/"):
			f = file{"/usr/share/" + f.path + ".gz", f.mode, zipped(f.data)}
		default:
			f.path = "/usr/share/doc/devgate/" + f.path
		}
		placed = append(placed, f)
	}
	return placed
}

// zipped has no name and no time in its header.
func zipped(data []byte) []byte {
	var out bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	zip.Write(data)
	zip.Close()
	return out.Bytes()
}
