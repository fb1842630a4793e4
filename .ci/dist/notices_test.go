package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lay makes a module's folder.
func lay(t *testing.T, texts map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range texts {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func devgatesLicence(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// All that is legal from a package's folder up to its module's goes along: a module may
// hold code of others.
func TestLicencesAreCollectedFromThePackageUp(t *testing.T) {
	mit := devgatesLicence(t)
	top := lay(t, map[string]string{
		"LICENSE": mit, "NOTICE": "made by somebody", "PATENTS": "a grant", "license.go": "package x", "README.md": "words",
		"inner/LICENSE.txt": mit, "inner/pkg/x.go": "package pkg", "other/COPYING": "not of this package",
	})
	m := &module{path: "example.com/m", version: "1.0.0"}
	for range 2 { // the second package finds nothing new
		if err := m.collect(filepath.Join(top, "inner", "pkg"), top); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.identify(); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range m.texts {
		paths = append(paths, f.path)
	}
	if got := strings.Join(paths, " "); got != "LICENSE NOTICE PATENTS inner/LICENSE.txt" {
		t.Errorf("collected are %s", got)
	}
	text := string(notices([]*module{m}))
	for _, want := range []string{"\nexample.com/m 1.0.0 (MIT)\n", "\nmade by somebody\n", "\na grant\n", "Permission is hereby granted"} {
		if !strings.Contains(text, want) {
			t.Errorf("the notices lack %q", want)
		}
	}
}

// What nobody has decided about ends the run.
func TestALicenceThatIsNotKnownEndsTheRun(t *testing.T) {
	const gpl = "This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later version."
	for want, texts := range map[string]map[string]string{
		"no licence was found": {"README.md": "words", "NOTICE": "made by somebody"},
		"what licence is":      {"LICENSE": "you may use this on Tuesdays"},
		"which is none of":     {"LICENSE": gpl},
	} {
		m := &module{path: "example.com/m", version: "1.0.0"}
		top := lay(t, texts)
		if err := m.collect(top, top); err != nil {
			t.Fatal(err)
		}
		if err := m.identify(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", texts, err)
		}
	}
}

// A version that one of the packagers would read as another is refused before
// anything is built.
func TestAVersionIsOneForAll(t *testing.T) {
	source := lay(t, map[string]string{"go.mod": "module github.com/someone/devgate\n"})
	for version, good := range map[string]bool{
		"1.2.3": true, "1.2.3-rc.1": true, "1.2.3-beta": true,
		"": false, "v1.2.3": false, "1.2": false, "1.2.3-1": false, "1.2.3+meta": false, "1.2.3-rc_1": false, "1.2.3 -x": false,
	} {
		r, err := parse([]string{"-version", version, "-commit", "c", "-date", "1", "-source", source, "-out", "out"})
		if (err == nil) != good {
			t.Errorf("%q: %v", version, err)
		}
		if good && r.downloads() != "https://github.com/someone/devgate/releases/download/v"+version {
			t.Errorf("%q is downloaded from %s", version, r.downloads())
		}
	}
}
