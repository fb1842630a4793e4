package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// permissive are the licences that allow what a release does, once their texts go
// along. Another one is for a person to look at. CC-BY-4.0 is that of a module's
// documentation.
var permissive = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "ISC", "MIT"}

// module is one whose code is in a program.
type module struct {
	path, version string
	licences      []string // of SPDX's list, sorted
	texts         fileList // its licences and notices, as they are
}

// legal are names of files that have to go along.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([.-].*)?$`)

// linkedPackage is what the go command tells of a package.
type linkedPackage struct {
	Dir      string
	Standard bool
	Module   *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linked are the modules whose packages are in the program of a target, Go itself
// among them. The licences are looked for from each of these packages up: a module
// may hold code of others.
func (r *release) linked(t target) ([]*module, error) {
	packages, err := r.packages(t)
	if err != nil {
		return nil, err
	}
	goRoot, goVersion, err := r.goItself(t)
	if err != nil {
		return nil, err
	}
	std := &module{path: "std", version: goVersion}
	found := map[string]*module{"": std}
	if err := std.collect(goRoot, goRoot); err != nil {
		return nil, err
	}
	for _, p := range packages {
		if p.Standard || p.Module.Main {
			continue
		}
		m := found[p.Module.Path]
		if m == nil {
			m = &module{path: p.Module.Path, version: strings.TrimPrefix(p.Module.Version, "v")}
			found[m.path] = m
		}
		if err := m.collect(p.Dir, p.Module.Dir); err != nil {
			return nil, err
		}
	}
	return identified(found)
}

func (r *release) packages(t target) (all []linkedPackage, err error) {
	out, err := r.run(t, "list", "-deps", "-json=Dir,Standard,Module", ".")
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p linkedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// goItself is where Go is, and its version as numbers.
func (r *release) goItself(t target) (root, version string, err error) {
	out, err := r.run(t, "env", "GOROOT", "GOVERSION")
	if err != nil {
		return "", "", err
	}
	root, version, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	return root, strings.TrimPrefix(version, "go"), nil
}

// collect takes the legal files from a folder up to the module's own.
func (m *module) collect(folder, top string) error {
	for ; ; folder = filepath.Dir(folder) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || filepath.Ext(e.Name()) == ".go" || !legal.MatchString(e.Name()) {
				continue
			}
			if err := m.add(filepath.Join(folder, e.Name()), top); err != nil {
				return err
			}
		}
		if folder == top || len(folder) <= len(top) {
			return nil
		}
	}
}

func (m *module) add(path, top string) error {
	name, err := filepath.Rel(top, path)
	if err != nil || slices.ContainsFunc(m.texts, func(f file) bool { return f.path == name }) {
		return err
	}
	data, err := os.ReadFile(path)
	m.texts = append(m.texts, file{name, 0o644, data})
	return err
}

// identified are modules in the order of their paths, each with its licences known.
func identified(found map[string]*module) ([]*module, error) {
	var all []*module
	var errs []error
	for _, m := range found {
		errs = append(errs, m.identify())
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *module) int { return cmp.Compare(a.path, b.path) })
	return all, errors.Join(errs...)
}

// enough is how much of a text, in percent, must be a licence's for the text to be it.
const enough = 75

// identify reads the module's licences. Of a notice or a grant of patents only the
// words matter: it is no licence.
func (m *module) identify() error {
	slices.SortFunc(m.texts, func(a, b file) int { return cmp.Compare(a.path, b.path) })
	for _, f := range m.texts {
		if base := strings.ToLower(filepath.Base(f.path)); strings.HasPrefix(base, "notice") || strings.HasPrefix(base, "patents") {
			continue
		}
		coverage := licensecheck.Scan(f.data)
		if coverage.Percent < enough {
			return fmt.Errorf("%s %s: what licence is %s? it has to be read, and notices.go to be told", m.path, m.version, f.path)
		}
		for _, match := range coverage.Match {
			if !slices.Contains(permissive, match.ID) {
				return fmt.Errorf("%s %s: %s is %s, which is none of %s", m.path, m.version, f.path, match.ID, strings.Join(permissive, ", "))
			}
			m.licences = append(m.licences, match.ID)
		}
	}
	slices.Sort(m.licences)
	if m.licences = slices.Compact(m.licences); len(m.licences) == 0 {
		return fmt.Errorf("%s %s: no licence was found in its folder", m.path, m.version)
	}
	return nil
}

// notices is the file that goes along with a program.
func notices(all []*module) []byte {
	var text strings.Builder
	text.WriteString("devgate is made of its own code (see LICENSE) and of these modules.\n")
	for _, m := range all {
		name := m.path
		if name == "std" {
			name = "The Go programming language and its standard library"
		}
		fmt.Fprintf(&text, "\n%s\n%s %s (%s)\n%[1]s\n", strings.Repeat("=", 78), name, m.version, strings.Join(m.licences, ", "))
		for _, f := range m.texts {
			fmt.Fprintf(&text, "\n--- %s ---\n\n%s\n", f.path, strings.TrimSpace(string(f.data)))
		}
	}
	return []byte(text.String())
}
