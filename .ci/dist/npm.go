package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
)

//go:embed files/npm/devgate.js
var npmScript []byte

//go:embed files/npm/README.md
var npmReadme []byte

// npmManifest is a package.json. Its order is that of the fields.
type npmManifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Description  string            `json:"description"`
	License      string            `json:"license"`
	Homepage     string            `json:"homepage,omitempty"`
	Repository   string            `json:"repository,omitempty"`
	Bin          map[string]string `json:"bin,omitempty"`
	Engines      map[string]string `json:"engines,omitempty"`
	OS           []string          `json:"os,omitempty"`
	CPU          []string          `json:"cpu,omitempty"`
	PreferPlain  bool              `json:"preferUnplugged,omitempty"`
	OptionalDeps map[string]string `json:"optionalDependencies,omitempty"`
}

// npmName is the package with the program of a target. The launcher makes it of
// process.platform and process.arch.
func npmName(t target) string { return "@devgate/" + t.node + "-" + t.cpu }

func (r *release) manifest(name, description string) npmManifest {
	m := npmManifest{Name: name, Version: r.version, Description: description, License: "MIT", Homepage: r.home}
	if r.home != "" {
		m.Repository = "git+" + r.home + ".git"
	}
	return m
}

// npmLauncher is the package that people install. Nothing is run or downloaded when
// they do: npm itself takes the one package that fits among the optional ones.
func (r *release) npmLauncher() (artefact, error) {
	m := r.manifest("devgate", summary)
	m.Bin = map[string]string{"devgate": "bin/devgate.js"}
	m.Engines = map[string]string{"node": ">=18"}
	m.OptionalDeps = map[string]string{}
	for _, t := range targets {
		m.OptionalDeps[npmName(t)] = r.version
	}
	licence, err := r.sourceFile("LICENSE")
	all := fileList{{"bin/devgate.js", 0o755, npmScript}, {"README.md", 0o644, npmReadme}, licence}
	return r.npmPackage("devgate", m, all), err
}

// npmProgram is the package with the program of one system.
func (r *release) npmProgram(t target, all fileList) artefact {
	m := r.manifest(npmName(t), "The program of devgate for "+t.os+" "+t.cpu)
	// Yarn would keep it in a zip file, where it cannot be run.
	m.OS, m.CPU, m.PreferPlain = []string{t.node}, []string{t.cpu}, true
	program := all.find(t.program())
	program.path = "bin/" + t.program()
	readme := file{"README.md", 0o644, []byte("# " + npmName(t) + "\n\nThe program of devgate for one system. Install `devgate`: it brings this along.\n")}
	return r.npmPackage("devgate-"+t.node+"-"+t.cpu, m, fileList{program, readme, all.find("LICENSE"), all.find("THIRD-PARTY-NOTICES.txt")})
}

// npmPackage is what `npm publish` takes. Its manifest comes first, where the
// registry looks for it.
func (r *release) npmPackage(name string, m npmManifest, all fileList) artefact {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	e.Encode(m) // strings alone
	all = append(fileList{{"package.json", 0o644, text.Bytes()}}, all...)
	return artefact{"npm-" + name + "-" + r.version + ".tgz", all.tarGz("package", r.date)}
}
