package split

import (
	"path"
	"slices"
)

// locks are the files that say which manager has installed a folder's packages.
// Where two differ in nothing else, the one that stands first here wins.
var locks = []struct {
	file string
	Manager
}{
	{"pnpm-lock.yaml", pnpm}, {"bun.lock", bun}, {"bun.lockb", bun}, {"yarn.lock", yarn},
	{"package-lock.json", npm}, {"npm-shrinkwrap.json", npm},
}

// managerOf finds out which manager a package is used with: its packageManager
// field, a lock file beside it, the same further up, its engines, else npm.
func (p *Project) managerOf(pack *Pack) Manager {
	// packageManager is corepack's field, and the only one that is meant to say it.
	above := Upwards(pack.Dir)
	for _, dir := range above {
		if named := p.packs[dir]; named != nil && named.field != "" {
			return named.field
		}
		if found := p.lockedBy(dir); found != "" {
			return found
		}
	}
	// engines only says what a project supports, so it is asked last.
	for _, dir := range above {
		for _, m := range []Manager{pnpm, yarn, bun} {
			if named := p.packs[dir]; named != nil && slices.Contains(named.engines, string(m)) {
				return m
			}
		}
	}
	return npm
}

// lockedBy is the manager of a folder's lock file. Of two that differ the newer
// counts: the older was left behind when the project changed its manager.
func (p *Project) lockedBy(dir string) Manager {
	var found Manager
	var newest string
	for _, lock := range locks {
		file := path.Join(dir, lock.file)
		if p.Has(file) && (found == "" || lock.Manager != found && p.Newer(file, newest)) {
			found, newest = lock.Manager, file
		}
	}
	return found
}
