package procfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a file below dir, with its folders.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFind: a Devgatefile anywhere above wins over a Procfile.dev, and that over a
// Procfile.
func TestFind(t *testing.T) {
	for name, c := range map[string]struct{ files, from, want string }{
		"in the folder":                    {"a/Devgatefile", "a", "a/Devgatefile"},
		"above":                            {"a/Devgatefile a/b/c/x", "a/b/c", "a/Devgatefile"},
		"the nearest":                      {"a/Devgatefile a/b/Devgatefile", "a/b", "a/b/Devgatefile"},
		"before a nearer Procfile":         {"a/Devgatefile a/b/Procfile", "a/b", "a/Devgatefile"},
		"Procfile.dev":                     {"a/Procfile.dev a/Procfile", "a", "a/Procfile.dev"},
		"before a nearer Procfile.dev":     {"a/Devgatefile a/b/Procfile.dev", "a/b", "a/Devgatefile"},
		"Procfile.dev before a nearer one": {"a/Procfile.dev a/b/Procfile", "a/b", "a/Procfile.dev"},
		"a Procfile alone":                 {"a/Procfile a/b/x", "a/b", "a/Procfile"},
		"a folder of the name is skipped":  {"a/Devgatefile a/b/Devgatefile/x", "a/b", "a/Devgatefile"},
		"a folder of the name alone":       {"a/Devgatefile/x", "a", "a/Devgatefile"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range strings.Fields(c.files) {
				write(t, dir, file, "x: y")
			}
			got, err := Find(filepath.Join(dir, c.from))
			if err != nil || got != filepath.Join(dir, c.want) {
				t.Errorf("found %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestFindNothing(t *testing.T) {
	if path, err := Find(t.TempDir()); !errors.Is(err, ErrNotFound) {
		t.Errorf("found %q, %v; want ErrNotFound", path, err)
	}
}

// TestRead: what cannot be read is one clear error, and what is too large is not
// read into memory.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	large := write(t, dir, "large", "")
	if err := os.Truncate(large, 1<<40); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "sub/Devgatefile", "prot = 1\n")
	for path, want := range map[string]string{
		"sub":                                 "sub: this is a folder (want a file)",
		"missing":                             "missing: there is no such file\n  hint: name a Devgatefile or a Procfile that exists",
		large:                                 "large: larger than 1 MiB\n  hint: is this the right file?",
		filepath.Join(dir, "sub/Devgatefile"): filepath.FromSlash("sub/Devgatefile") + ":1:1: unknown key \"prot\"\n    1 | prot = 1\n      | ^^^^\n  hint: did you mean \"port\"?",
	} {
		_, err := Read(t.Context(), path)
		var list ErrorList
		if !errors.As(err, &list) || err.Error() != want {
			t.Errorf("Read(%q):\n%v\nwant\n%s", path, err, want)
		}
	}
	// Some systems say that what should be a folder is none, and others that the file is missing.
	below := filepath.Join("sub", "Devgatefile", "x")
	if _, err := Read(t.Context(), below); err == nil || !strings.HasPrefix(err.Error(), below+": ") ||
		!strings.HasSuffix(err.Error(), ": not a directory") && !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read(%q): %v", below, err)
	}
	if _, err := Read(t.Context(), "missing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
}

func TestReadGivesThePath(t *testing.T) {
	path := write(t, t.TempDir(), "Devgatefile", "[web]\ncommand = 'x'\n")
	f, err := Read(t.Context(), path)
	if err != nil || f.Path != path || f.Service("web") == nil {
		t.Errorf("got %+v, %v", f, err)
	}
}
