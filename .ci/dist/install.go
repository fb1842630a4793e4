package main

import _ "embed"

//go:embed files/install.sh
var installText string

// installScript holds the checksums of the archives itself: who has read it need
// trust no place that it downloads from.
func (r *release) installScript(all artefacts) (artefact, error) {
	type archive struct{ Name, Sum string }
	with := struct {
		Version, URL string
		Archives     []archive
	}{Version: r.version, URL: r.downloads()}
	for _, t := range targets {
		if t.isWindows() {
			continue
		}
		a := all.find(r.archiveFile(t))
		with.Archives = append(with.Archives, archive{a.name, a.sum()})
	}
	return filled("install.sh", installText, with)
}
