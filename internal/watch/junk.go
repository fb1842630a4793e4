package watch

import (
	"path/filepath"
	"strings"
)

// junkFolder reports whether folders of this name are left out wherever they
// are, unless the fixed part of a pattern names them. Names that projects also
// give to source folders (build, dist, target, vendor) are not here: what they
// hold is known to .gitignore.
func junkFolder(name string) bool {
	switch name {
	case ".git", ".hg", ".svn", ".jj": // version control: written by every git status
		return true
	case "node_modules", "bower_components", ".yarn", ".pnpm-store": // installed, by the ten thousand
		return true
	case ".devgate": // devgate's own state, logs and binaries
		return true
	case "__pycache__", ".venv", ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache": // written by running Python
		return true
	case ".next", ".nuxt", ".svelte-kit", ".parcel-cache", ".turbo", ".vite", ".gradle", ".cache": // written by builds
		return true
	case ".idea", ".vscode", ".vs": // editors' own state
		return true
	}
	return false
}

// junkFile reports whether files of this name are left out: what editors and
// desktops leave beside the files that people write.
func junkFile(name string) bool {
	switch {
	case name == "4913": // vim's test whether it may create files here
		return true
	case name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini": // desktops
		return true
	case strings.HasPrefix(name, ".#"): // emacs lock
		return true
	case len(name) > 1 && name[0] == '#' && name[len(name)-1] == '#': // emacs autosave
		return true
	case strings.HasSuffix(name, "~"): // backup of vim, emacs, nano, kate
		return true
	case vimSwap(name):
		return true
	case strings.HasSuffix(name, ".kate-swp"): // swap file of kate
		return true
	case strings.HasSuffix(name, "___jb_tmp___") || strings.HasSuffix(name, "___jb_old___"): // JetBrains safe write
		return true
	case strings.HasPrefix(name, ".goutputstream-"): // GNOME's editors, before they rename
		return true
	case strings.HasSuffix(name, ".pyc") || strings.HasSuffix(name, ".pyo"): // compiled by running Python
		return true
	}
	return false
}

// vimSwap reports whether name is .NAME.swp, or what vim takes when that
// exists: .swo, .swn down to .swa. (.swx is its test for symbolic links.)
func vimSwap(name string) bool {
	ext := filepath.Ext(name)
	if len(ext) != 4 || !strings.HasPrefix(ext, ".sw") {
		return false
	}
	last := ext[3]
	return last == 'p' || name[0] == '.' && (last >= 'a' && last < 'p' || last == 'x')
}

// junk reports whether a name on the way rel, which starts below a pattern's
// fixed prefix, is left out.
func junk(rel string) bool {
	for rel != "" {
		name, after, _ := strings.Cut(rel, string(filepath.Separator))
		if junkFolder(name) || after == "" && junkFile(name) {
			return true
		}
		rel = after
	}
	return false
}
