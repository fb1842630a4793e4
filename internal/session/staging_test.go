package session

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"devgate/internal/project"
)

// B: a build never writes the file that runs, finds the last result, and what it
// has made is installed under the name that the command has.
func TestABuildHasAPlaceOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	service := &project.Service{Bin: filepath.Join(dir, "bin", "api"), Staged: filepath.Join(dir, "staged", "api")}
	read := func(path string) string {
		text, _ := os.ReadFile(path)
		return string(text)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(stage(service)) // the first build: nothing to copy
	must(install(service))
	if _, err := os.Lstat(service.Bin); err == nil {
		t.Error("installed what no build has made")
	}
	must(os.MkdirAll(filepath.Dir(service.Bin), 0o755))
	must(os.WriteFile(service.Staged, []byte("one"), 0o755))
	must(install(service))
	running := openProgram(t, service.Bin)
	defer running.Close()
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	must(os.Chtimes(service.Bin, old, old))

	must(stage(service))
	info, err := os.Stat(service.Staged)
	if must(err); read(service.Staged) != "one" || !info.ModTime().Equal(old) || info.Mode().Perm() != programMode {
		t.Errorf("the build does not find the last result: %q, %v", read(service.Staged), info)
	}
	must(os.WriteFile(service.Staged, []byte("two"), 0o755))
	if read(service.Bin) != "one" {
		t.Error("the build has written the file that runs")
	}
	must(install(service))
	text := make([]byte, 3)
	running.ReadAt(text, 0)
	if read(service.Bin) != "two" || string(text) != "one" {
		t.Errorf("installed %q; what ran has become %q", read(service.Bin), text)
	}
}

// A build may make a folder, in place of a file or of another folder.
func TestABuildMayMakeAFolder(t *testing.T) {
	dir := t.TempDir()
	service := &project.Service{Bin: filepath.Join(dir, "out"), Staged: filepath.Join(dir, "staged", "out")}
	for _, name := range []string{"one", "two"} {
		if err := stage(service); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(service.Staged, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := install(service); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(service.Bin)
		if err != nil || len(entries) != 1 || entries[0].Name() != name {
			t.Errorf("there is %v, %v", entries, err)
		}
	}
}
