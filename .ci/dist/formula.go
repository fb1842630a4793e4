package main

import (
	"bytes"
	_ "embed"
	"text/template"
)

//go:embed files/devgate.rb
var formulaText string

// What the template of the formula is filled with.
type (
	formula struct {
		Summary, Home, Version string
		Systems                []formulaSystem
	}
	formulaSystem struct {
		Name     string
		Programs []formulaProgram
	}
	formulaProgram struct{ CPU, URL, Sum string }
)

// brewNames are Homebrew's words for Go's.
var brewNames = map[string]string{"darwin": "macos", "linux": "linux", "amd64": "intel", "arm64": "arm"}

// formula is for a tap of Homebrew.
func (r *release) formula(all artefacts) (artefact, error) {
	f := formula{Summary: summary, Home: r.page(), Version: r.version}
	for _, t := range targets {
		if t.isWindows() {
			continue
		}
		if n := len(f.Systems); n == 0 || f.Systems[n-1].Name != brewNames[t.os] {
			f.Systems = append(f.Systems, formulaSystem{Name: brewNames[t.os]})
		}
		archive := all.find(r.archiveFile(t))
		last := &f.Systems[len(f.Systems)-1]
		last.Programs = append(last.Programs, formulaProgram{brewNames[t.arch], r.downloads() + "/" + archive.name, archive.sum()})
	}
	return filled("devgate.rb", formulaText, f)
}

// filled is an artefact made of a template.
func filled(name, text string, with any) (artefact, error) {
	t, err := template.New(name).Parse(text)
	if err != nil {
		return artefact{}, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, with)
	return artefact{name, out.Bytes()}, err
}
