package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// release is what is made, and of what.
type release struct {
	version string
	commit  string
	date    time.Time // of the commit: every file is as old
	source  string    // the folder with the source
	out     string    // the folder with the artefacts
	module  string    // the path of devgate's module
	home    string    // the URL of the project's page; "": it has none yet
}

// noHome stands where an address has to stand and there is none. The name is
// reserved for names that lead nowhere.
const noHome = "https://devgate.invalid"

// page is the URL of the project.
func (r *release) page() string {
	if r.home == "" {
		return noHome
	}
	return r.home
}

// downloads is the URL below which the artefacts are found.
func (r *release) downloads() string { return r.page() + "/releases/download/v" + r.version }

// make writes all artefacts.
func (r *release) make() error {
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	shared, err := r.sharedFiles()
	if err != nil {
		return err
	}
	var all artefacts
	for _, t := range targets {
		made, err := r.makeTarget(t, shared)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		all = append(all, made...)
	}
	launcher, err := r.npmLauncher()
	if err != nil {
		return err
	}
	all = append(all, launcher)
	makers := []func(artefacts) (artefact, error){r.formula, r.installScript, r.scoop}
	for _, m := range wingetManifests {
		makers = append(makers, func(all artefacts) (artefact, error) { return r.winget(m, all) })
	}
	for _, from := range append(makers, sums) {
		a, err := from(all)
		if err != nil {
			return err
		}
		all = append(all, a)
	}
	if r.home == "" {
		fmt.Printf("dist: the project has no home: install.sh and the manifests of Homebrew, scoop and winget lead to %s (docs/releasing.md)\n", noHome)
	}
	return all.write(r.out)
}

// makeTarget makes what one system gets.
func (r *release) makeTarget(t target, shared fileList) (artefacts, error) {
	fmt.Println("dist:", t)
	program, err := r.program(t)
	if err != nil {
		return nil, err
	}
	linked, err := r.linked(t)
	if err != nil {
		return nil, err
	}
	bill, err := r.bill(t, linked, program)
	if err != nil {
		return nil, err
	}
	all := fileList{{t.program(), 0o755, program}, {"THIRD-PARTY-NOTICES.txt", 0o644, notices(linked)}}
	for _, f := range shared {
		if t.wants(f.path) {
			all = append(all, f)
		}
	}
	made := artefacts{bill, r.archive(t, all), r.npmProgram(t, all)}
	if t.os != "linux" {
		return made, nil
	}
	for _, format := range []string{"deb", "rpm"} {
		a, err := r.systemPackage(t, format, all)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", format, err)
		}
		made = append(made, a)
	}
	return made, nil
}

// sharedFiles are those that every archive has, whatever the system.
func (r *release) sharedFiles() (fileList, error) {
	var all fileList
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		f, err := r.sourceFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	reference, err := r.reference()
	return append(all, reference...), err
}

func (r *release) sourceFile(name string) (file, error) {
	data, err := os.ReadFile(filepath.Join(r.source, name))
	return file{name, 0o644, data}, err
}
