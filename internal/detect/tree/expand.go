package tree

import (
	"path"
	"strings"
)

// globDepth is how far "**" reaches in a workspace's pattern.
const globDepth = 4

// Expand returns the folders that a workspace's pattern names ("apps/*",
// "packages/**", "web"), which may lie deeper than MaxDepth. Folders that are never
// entered are not among them.
func (t *Tree) Expand(pattern string) []string {
	pattern = strings.TrimSuffix(strings.TrimPrefix(pattern, "./"), "/")
	if pattern == "" || pattern == "." {
		return nil
	}
	at := []string{"."}
	for _, segment := range strings.Split(pattern, "/") {
		at = t.step(at, segment)
		if len(at) > MaxFolders {
			return at[:MaxFolders]
		}
	}
	return at
}

// step goes one segment of a pattern down from each folder.
func (t *Tree) step(from []string, segment string) []string {
	var to []string
	seen := map[string]bool{}
	add := func(dir string) {
		if !seen[dir] {
			seen[dir] = true
			to = append(to, dir)
		}
	}
	for _, dir := range from {
		switch {
		case segment == "**":
			t.visit(dir, globDepth, add)
		case !strings.ContainsAny(segment, "*?["):
			if next := path.Join(dir, segment); !passes(segment) && t.HasFolder(next) {
				add(next)
			}
		default:
			for _, name := range t.Subfolders(dir) {
				if ok, _ := path.Match(segment, name); ok {
					add(path.Join(dir, name))
				}
			}
		}
	}
	return to
}
