package lint

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"devgate/internal/project"
	"devgate/internal/shared"
	"devgate/procfile"
)

// runners run what a package.json names.
func runners() []string { return []string{"npm", "npx", "pnpm", "yarn"} }

// installForm is a command that fetches modules, so that they need not be there before.
// It is compiled when it is first needed: most commands of devgate never are.
var installForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:npm|pnpm|yarn|bun)[ \t]+(?:install|ci|i|add)\b|\byarn[ \t]*(?:$|[;&|])`)
})

// modules says where a service runs a program of Node that has not been installed.
func (w *warnings) modules(s *project.Service) {
	runner := w.project.Program(s.Service.Command, s)
	if !slices.Contains(runners(), runner) || w.installs() {
		return
	}
	switch dir := packageFolder(s.Dir); {
	// npx fetches what it runs where it is not installed.
	case dir == "" && runner != "npx": // which needs none
		w.warn(s, "command", "there is no package.json in "+w.shown(s.Dir)+" or above it", `write dir = "..." for the folder that has it`, runner)
	case dir != "" && needsModules(dir) && !hasModules(dir):
		w.warn(s, "command", "it needs node_modules, which is not there", "run: "+w.install(runner, dir), runner)
	}
}

// install is the command that fetches modules into a folder.
func (w *warnings) install(runner, dir string) string {
	if runner == "npx" {
		runner = "npm"
	}
	if dir == w.project.Root {
		return runner + " install"
	}
	return runner + " install (in " + w.shown(dir) + ")"
}

// installs reports whether some service fetches modules itself.
// Of any service: the one that installs may be a task which all others are after.
func (w *warnings) installs() bool {
	return slices.ContainsFunc(w.project.Services, func(s *project.Service) bool {
		return slices.ContainsFunc([]procfile.Command{s.Service.Command, s.Service.Build}, func(c procfile.Command) bool {
			return installForm().MatchString(c.String())
		})
	})
}

// packageFolder is the nearest folder with a package.json, from dir upwards, or "".
func packageFolder(dir string) string {
	for {
		if _, err := os.Stat(filepath.Join(dir, "package.json")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
		dir = filepath.Dir(dir)
	}
}

// needsModules reports whether a package.json names any. One that cannot be read says
// nothing.
// A workspace may hold its modules further up, and hasModules looks there.
func needsModules(dir string) bool {
	var named struct{ Dependencies, DevDependencies map[string]any }
	text, err := shared.ReadFile(filepath.Join(dir, "package.json"))
	return err == nil && json.Unmarshal(text, &named) == nil && len(named.Dependencies)+len(named.DevDependencies) > 0
}

// hasModules reports whether node finds modules from dir, in it or in one above it;
// Yarn may keep them elsewhere, by a map.
func hasModules(dir string) bool {
	for {
		for _, name := range []string{"node_modules", ".pnp.cjs"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return true
			}
		}
		if dir == filepath.Dir(dir) {
			return false
		}
		dir = filepath.Dir(dir)
	}
}
