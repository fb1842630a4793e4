package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"
)

// scoopManifest is what scoop installs by. Its order is that of the fields.
type scoopManifest struct {
	Version      string                  `json:"version"`
	Description  string                  `json:"description"`
	Homepage     string                  `json:"homepage"`
	License      string                  `json:"license"`
	Architecture map[string]scoopProgram `json:"architecture"`
	Bin          string                  `json:"bin"`
}

type scoopProgram struct {
	URL     string `json:"url"`
	Hash    string `json:"hash"`
	Extract string `json:"extract_dir"`
}

// Scoop's and winget's words for Go's.
var (
	scoopNames  = map[string]string{"amd64": "64bit", "arm64": "arm64"}
	wingetNames = map[string]string{"amd64": "x64", "arm64": "arm64"}
)

// scoop is for a bucket of scoop.
func (r *release) scoop(all artefacts) (artefact, error) {
	m := scoopManifest{
		Version: r.version, Description: summary, Homepage: r.page(), License: "MIT",
		Architecture: map[string]scoopProgram{}, Bin: "devgate.exe",
	}
	for _, t := range targets {
		if t.isWindows() {
			archive := all.find(r.archiveFile(t))
			m.Architecture[scoopNames[t.arch]] = scoopProgram{r.downloads() + "/" + archive.name, archive.sum(), r.archiveName(t)}
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	err := e.Encode(m)
	return artefact{"devgate.json", text.Bytes()}, err
}

//go:embed files/winget/version.yaml
var wingetVersion string

//go:embed files/winget/installer.yaml
var wingetInstaller string

//go:embed files/winget/locale.yaml
var wingetLocale string

// wingetManifest is one of the files that winget wants for a version.
type wingetManifest struct{ name, text string }

var wingetManifests = []wingetManifest{
	{"devgate.devgate.yaml", wingetVersion},
	{"devgate.devgate.installer.yaml", wingetInstaller},
	{"devgate.devgate.locale.en-US.yaml", wingetLocale},
}

// winget fills one of its manifests.
func (r *release) winget(m wingetManifest, all artefacts) (artefact, error) {
	type installer struct{ CPU, URL, Sum, Program string }
	with := struct {
		Version, Date, Home, Summary string
		Installers                   []installer
	}{Version: r.version, Date: r.date.Format("2006-01-02"), Home: r.page(), Summary: summary}
	for _, t := range targets {
		if t.isWindows() {
			archive := all.find(r.archiveFile(t))
			with.Installers = append(with.Installers, installer{
				wingetNames[t.arch], r.downloads() + "/" + archive.name, strings.ToUpper(archive.sum()),
				r.archiveName(t) + `\` + t.program(),
			})
		}
	}
	return filled(m.name, m.text, with)
}
