package main

import (
	"bytes"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// bill is the bill of materials of a program, in CycloneDX's JSON.
func (r *release) bill(t target, linked []*module, program []byte) (artefact, error) {
	const self = "devgate"
	name := r.archiveName(t) + ".cdx.json"
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{
		Timestamp: r.date.Format(time.RFC3339),
		Component: &cyclonedx.Component{
			BOMRef: self, Type: cyclonedx.ComponentTypeApplication, Name: self, Version: r.version,
			PackageURL: "pkg:golang/" + r.module + "@v" + r.version,
			Licenses:   licences("MIT"),
			Hashes:     &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: artefact{data: program}.sum()}},
		},
	}
	components := []cyclonedx.Component{}
	refs := []string{}
	for _, m := range linked {
		url := "pkg:golang/" + m.path + "@v" + m.version
		if m.path == "std" {
			url = "pkg:golang/std@" + m.version // as vulnerability scanners know it
		}
		refs = append(refs, url)
		components = append(components, cyclonedx.Component{
			BOMRef: url, Type: cyclonedx.ComponentTypeLibrary, Name: m.path, Version: m.version, PackageURL: url,
			Scope: cyclonedx.ScopeRequired, Licenses: licences(m.licences...),
		})
	}
	bom.Components = &components
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: self, Dependencies: &refs}}
	var text bytes.Buffer
	err := cyclonedx.NewBOMEncoder(&text, cyclonedx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cyclonedx.SpecVersion1_6)
	return artefact{name, text.Bytes()}, err
}

func licences(ids ...string) *cyclonedx.Licenses {
	var all cyclonedx.Licenses
	for _, id := range ids {
		all = append(all, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
	}
	return &all
}
