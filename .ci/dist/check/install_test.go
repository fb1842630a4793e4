package check

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// served is a place that releases are downloaded from; change may spoil what it
// sends.
func served(t *testing.T, change func(name string, data []byte) []byte) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Base(r.URL.Path)
		data, err := os.ReadFile(artefact(name))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Write(change(name, data))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func unchanged(_ string, data []byte) []byte { return data }

func installInto(bin, url string, with ...string) (string, error) {
	cmd := exec.Command("sh", artefact("install.sh"))
	cmd.Dir = filepath.Dir(bin)
	cmd.Env = append(append(os.Environ(), "DEVGATE_URL="+url, "DEVGATE_BIN="+filepath.Base(bin)), with...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestTheInstallScriptInstalls(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "my bin")
	for range 2 { // also over an old one
		out, err := installInto(bin, served(t, unchanged))
		if err != nil || !strings.Contains(out, "devgate "+version) || !strings.Contains(out, bin+" is not in PATH") {
			t.Errorf("%v: %s", err, out)
		}
	}
	saysWhatItIs(t, filepath.Join(bin, "devgate"))
	if entries, err := os.ReadDir(bin); err != nil || len(entries) != 1 {
		t.Errorf("it leaves %v, %v", entries, err)
	}
}

// With a download that is not what was released, with half a script, without a
// download, nothing is installed.
func TestTheInstallScriptInstallsNothingElse(t *testing.T) {
	spoilt := func(_ string, data []byte) []byte { return append(data, 0) }
	cut := func(_ string, data []byte) []byte { return data[:len(data)/2] }
	for want, url := range map[string]string{
		"its checksum differs; nothing was installed":  served(t, spoilt),
		"its checksum differs; nothing was installed ": served(t, cut),
		"cannot download": "http://127.0.0.1:1",
	} {
		bin := filepath.Join(t.TempDir(), "bin")
		out, err := installInto(bin, url)
		if err == nil || !strings.Contains(out, strings.TrimSpace(want)) {
			t.Errorf("%s: %v: %s", want, err, out)
		}
		if entries, _ := os.ReadDir(bin); len(entries) > 0 {
			t.Errorf("%s: it has installed %v", want, entries)
		}
	}
}

func TestHalfAnInstallScriptDoesNothing(t *testing.T) {
	whole, err := os.ReadFile(artefact("install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	end := strings.LastIndex(string(whole), "\nmain")
	for _, length := range []int{end, end / 2, end / 3} {
		home := t.TempDir()
		cmd := exec.Command("sh")
		cmd.Stdin = strings.NewReader(string(whole[:length]))
		cmd.Env = append(os.Environ(), "HOME="+home, "DEVGATE_URL="+served(t, unchanged))
		cmd.Run() // what is cut may be no script at all
		if entries, _ := os.ReadDir(home); len(entries) > 0 {
			t.Errorf("%d bytes of it have made %v", length, entries)
		}
	}
}

// The formula is read by Ruby itself, for each system.
func TestTheFormulaNamesEachArchive(t *testing.T) {
	got := run(t, dist, "ruby", filepath.Join(mustGetwd(t), "testdata", "formula.rb"), artefact("devgate.rb"))
	list, err := os.ReadFile(artefact("SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	systems := 0
	for line := range strings.Lines(string(list)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if !strings.HasSuffix(name, ".tar.gz") {
			continue
		}
		systems++
		if !strings.Contains(got, "/v"+version+"/"+name+" "+sum+"\n") {
			t.Errorf("%s is not in it, or with another sum: %s", name, got)
		}
	}
	installs := "bin: devgate\nman1: man/man1/*.1\nbash_completion: completions/devgate.bash as devgate\nzsh_completion: completions/_devgate\nfish_completion: completions/devgate.fish\n"
	if systems != 4 || !strings.Contains(got, installs) {
		t.Errorf("%d systems; it installs %s", systems, got)
	}
}

func mustGetwd(t *testing.T) string {
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
