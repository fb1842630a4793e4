package check

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/contents.txt anew")

// R1: what there is, and what is in it, is a decision; testdata/contents.txt holds it.
func TestContentsAreThoseThatWereDecided(t *testing.T) {
	var text strings.Builder
	for _, name := range names(t) {
		fmt.Fprintln(&text, name)
		for _, line := range contents(t, name) {
			fmt.Fprintln(&text, "  "+line)
		}
	}
	got := strings.ReplaceAll(text.String(), version, "VERSION")
	got = strings.ReplaceAll(got, strings.ReplaceAll(version, "-", "~"), "VERSION")
	golden := filepath.Join("testdata", "contents.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s says otherwise; -update writes it anew. There is\n%s", golden, got)
	}
}

func names(t *testing.T) (all []string) {
	entries, err := os.ReadDir(dist)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// contents lists what is in an artefact that holds files.
func contents(t *testing.T, name string) []string {
	switch path := artefact(name); {
	case strings.HasSuffix(name, "gz"):
		var all []string
		for _, e := range unpacked(t, path) {
			all = append(all, fmt.Sprintf("%v %s", os.FileMode(e.Mode), e.Name))
		}
		return all
	case strings.HasSuffix(name, ".zip"):
		var all []string
		for _, f := range unzipped(t, path).File {
			all = append(all, fmt.Sprintf("%v %s", f.Mode(), f.Name))
		}
		return all
	case strings.HasSuffix(name, ".deb"):
		return modesAndPaths(run(t, dist, "dpkg-deb", "--contents", path), 5)
	case strings.HasSuffix(name, ".rpm"):
		return modesAndPaths(run(t, dist, "rpm", "-qp", "--qf", `[%{FILEMODES:perms} %{FILEUSERNAME} %{FILENAMES}\n]`, path), 2)
	}
	return nil
}

// modesAndPaths are the first field of each line, and one of the others.
func modesAndPaths(list string, path int) (all []string) {
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		if !strings.HasSuffix(fields[path], "/") {
			all = append(all, fields[0]+" "+fields[path])
		}
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(a[11:], b[11:]) })
	return all
}

func unzipped(t *testing.T, path string) *zip.ReadCloser {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { archive.Close() })
	return archive
}

// entry is a file in an archive.
type entry struct {
	*tar.Header
	data []byte
}

func unpacked(t *testing.T, path string) (all []entry) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	packed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for archive := tar.NewReader(packed); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry{header, data})
	}
}

func TestEveryArtefactHasItsSum(t *testing.T) {
	list, err := os.ReadFile(artefact("SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, name := range names(t) {
		if name == "SHA256SUMS" {
			continue
		}
		data, err := os.ReadFile(artefact(name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&want, "%x  %s\n", sha256.Sum256(data), name)
	}
	sorted := func(s string) []string { return slices.Sorted(strings.Lines(s)) }
	if !slices.Equal(sorted(string(list)), sorted(want.String())) {
		t.Errorf("SHA256SUMS is\n%swant\n%s", list, &want)
	}
}
