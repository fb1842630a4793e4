package check

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// linkedInto are the modules that a program says it is made of.
func linkedInto(t *testing.T, program []byte) (all []string) {
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range info.Deps {
		all = append(all, m.Path+" "+strings.TrimPrefix(m.Version, "v"))
	}
	return all
}

// saysWhatItIs fails unless a program says which release and commit it is (R3).
func saysWhatItIs(t *testing.T, argv ...string) {
	t.Helper()
	saysWhatItIsOn(t, runtime.GOOS, argv...)
}

func saysWhatItIsOn(t *testing.T, os string, argv ...string) {
	t.Helper()
	var got struct{ Version, Commit, Go, OS, Arch string }
	out, err := exec.Command(argv[0], append(argv[1:], "version", "--json")...).CombinedOutput()
	if err != nil || json.Unmarshal(out, &got) != nil {
		t.Fatalf("%v: %v: %s", argv, err, out)
	}
	want := got
	want.Version, want.OS, want.Arch = version, os, runtime.GOARCH
	want.Commit = strings.TrimSpace(run(t, root, "git", "rev-parse", "HEAD"))
	if got != want || !strings.HasPrefix(got.Go, "go1.") {
		t.Errorf("%v says %+v, want %+v", argv, got, want)
	}
}

// R2: the archive unpacked.
func TestTheArchiveUnpackedRuns(t *testing.T) {
	folder := t.TempDir()
	name := "devgate_" + version + "_" + runtime.GOOS + "_" + runtime.GOARCH
	run(t, folder, "tar", "-xzf", artefact(name+".tar.gz"))
	saysWhatItIs(t, filepath.Join(folder, name, "devgate"))
}
