package split

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
)

// Pack is a package.json.
type Pack struct {
	Dir     string
	File    string
	Name    string
	Scripts map[string]string
	Order   []string // of scripts, as they are written
	Proxy   string   // the "proxy" of Create React App
	Main    string
	Manager Manager

	Root      *Pack // of the workspace that it is in; itself if in none
	Workspace bool  // it has members

	deps    map[string]bool // dependencies of every sort
	engines []string
	field   Manager // of packageManager; "" if it says nothing
	globs   []string
}

// Has reports whether the package depends on one of some others.
// It may be asked of a nil Pack, which depends on nothing.
func (p *Pack) Has(names ...string) bool {
	return p != nil && slices.ContainsFunc(names, func(name string) bool { return p.deps[name] })
}

// NeedsInstall reports whether there is anything for a package manager to install:
// packages, or the links between the members of a workspace.
func (p *Pack) NeedsInstall() bool { return p.Workspace || len(p.deps) > 0 }

// readPack reads a package.json; nil if it is none.
func readPack(f files.Files, dir string) *Pack {
	file := path.Join(dir, "package.json")
	// any, and not string: a package.json with one wrong type in it is still one, as it
	// is for npm.
	var v struct {
		Scripts                                                json.RawMessage
		Dependencies, DevDependencies, OptionalDependencies    map[string]any
		Name, Engines, PackageManager, Workspaces, Proxy, Main any
	}
	if !f.Has(file) || !f.JSON(file, &v) {
		return nil
	}
	p := &Pack{Dir: dir, File: file, deps: map[string]bool{}, globs: workspaceGlobs(v.Workspaces)}
	p.Root = p
	p.Name, _ = v.Name.(string)
	p.Proxy, _ = v.Proxy.(string)
	p.Main, _ = v.Main.(string)
	p.Scripts, p.Order = orderedTexts(v.Scripts)
	for _, deps := range []map[string]any{v.Dependencies, v.DevDependencies, v.OptionalDependencies} {
		for name := range deps {
			p.deps[name] = true
		}
	}
	if engines, ok := v.Engines.(map[string]any); ok {
		p.engines = slices.Sorted(maps.Keys(engines))
	}
	if field, ok := v.PackageManager.(string); ok {
		// "pnpm@9.1.0+sha512…": what stands behind "@" is the version.
		name, _, _ := strings.Cut(field, "@")
		p.field, _ = isManager(name)
	}
	return p
}

// workspaceGlobs reads "workspaces": a list, or an object with a list.
func workspaceGlobs(v any) []string {
	// "packages" is how Yarn 1 writes it beside "nohoist".
	if object, ok := v.(map[string]any); ok {
		v = object["packages"]
	}
	return files.Texts(v)
}

// orderedTexts reads an object of texts and keeps the order of its names: that of
// scripts is the one in which their author thinks of them.
func orderedTexts(raw json.RawMessage) (map[string]string, []string) {
	values := map[string]any{}
	all, order := map[string]string{}, []string(nil)
	// Read twice: a map loses the order, and a decoder of tokens alone would have to know
	// types.
	if json.Unmarshal(raw, &values) != nil {
		return all, nil
	}
	for d := json.NewDecoder(bytes.NewReader(raw)); ; {
		token, err := d.Token()
		if err != nil {
			return all, order
		}
		name, ok := token.(string)
		if !ok {
			continue // a brace: names follow, as every value is skipped here
		}
		var value any
		_ = d.Decode(&value) // it has been read before: it is valid
		if text, ok := values[name].(string); ok {
			if _, twice := all[name]; !twice {
				order = append(order, name)
			}
			all[name] = text
		}
	}
}
