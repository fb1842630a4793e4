package check

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asWindows lets node take this system for Windows.
const asWindows = `Object.defineProperty(process, "platform", { value: "win32" });
Object.defineProperty(process, "arch", { value: "x64" });
`

// win32Launcher is the launcher as it is on Windows, with a program of ours in place of
// devgate.exe: a shell script.
func win32Launcher(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	folder := t.TempDir()
	for _, e := range unpacked(t, artefact("npm-devgate-"+version+".tgz")) {
		put(t, filepath.Join(folder, "node_modules/devgate", strings.TrimPrefix(e.Name, "package/")), e.data)
	}
	put(t, filepath.Join(folder, "node_modules/@devgate/win32-x64/bin/devgate.exe"), []byte("#!/bin/sh\n"+script))
	put(t, filepath.Join(folder, "windows.js"), []byte(asWindows))
	return exec.Command("node", "--require", filepath.Join(folder, "windows.js"), filepath.Join(folder, "node_modules/devgate/bin/devgate.js"), "up", "two  blanks")
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o755)); err != nil {
		t.Fatal(err)
	}
}

// On Windows the launcher finds devgate.exe, and passes its arguments and its exit code on.
func TestTheLauncherOnWindowsFindsItsProgram(t *testing.T) {
	cmd := win32Launcher(t, `echo "$1|$2|$DEVGATE_LAUNCHER"; exit 7`)
	out, _ := cmd.CombinedOutput()
	if string(out) != "up|two  blanks|\n" || cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("%v: %s", cmd.ProcessState, out)
	}
}

// A Ctrl-C has reached devgate by the console: a kill, which is the end there, would
// take it the time to end well.
func TestTheLauncherOnWindowsOutlivesACtrlC(t *testing.T) {
	cmd := win32Launcher(t, `echo begun; read -r line; echo "$line"; exit 130`)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer late.Stop()
	begun := make([]byte, len("begun\n"))
	io.ReadFull(out, begun)
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Process.Signal(syscall.SIGHUP)
	io.WriteString(in, "ended in order\n")
	said, _ := io.ReadAll(out)
	cmd.Wait()
	if string(said) != "ended in order\n" || cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("%v: %q", cmd.ProcessState, said)
	}
}

// underWine is how a program of Windows is run here.
func underWine(t *testing.T, argv ...string) []string {
	t.Helper()
	wine := filepath.Join(root, ".ci/wine")
	t.Setenv("WINE_PREFIX", strings.TrimSpace(run(t, root, filepath.Join(wine, "prefix"))))
	t.Setenv("WINE_JOBS", t.TempDir())
	t.Setenv("WINE_SECONDS", "120")
	// Wine's own processes outlive the program, in a folder that is about to go.
	const end = `. "$0/common"; for prefix in "$1"/*/; do WINEPREFIX=${prefix%/} "$wineserver" -k || true; WINEPREFIX=${prefix%/} timeout 10 "$wineserver" -w || true; done`
	jobs := os.Getenv("WINE_JOBS")
	t.Cleanup(func() { run(t, root, "bash", "-c", end, wine, jobs) })
	return append([]string{filepath.Join(wine, "run")}, argv...)
}

// R2: the zip unpacked, as a program of Windows.
func TestTheZipUnpackedRuns(t *testing.T) {
	if runtime.GOARCH != "amd64" || runtime.GOOS != "linux" {
		t.Logf("no Wine for %s/%s: what is in the zip is checked, not run", runtime.GOOS, runtime.GOARCH)
		return
	}
	folder := t.TempDir()
	archive := unzipped(t, artefact("devgate_"+version+"_windows_amd64.zip"))
	if err := os.CopyFS(folder, archive); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "devgate_"+version+"_windows_amd64", "devgate.exe")
	saysWhatItIsOn(t, "windows", underWine(t, program)...)
	write(t, folder, "Devgatefile", "port = 41877\ndashboard = false\n\n[web]\ncommand = [\"ping\", \"-n\", \"1000\", \"127.0.0.1\"]\n")
	out := run(t, folder, underWine(t, "cmd.exe", "/c", program+" up --detach && "+program+" status --json && "+program+" down")...)
	ready, rest, _ := strings.Cut(out, "{")
	if !strings.Contains(ready, "devgate: ready http://localhost:41877") || !strings.Contains(rest, `"state": "ready"`) && !strings.Contains(rest, `"state":"ready"`) {
		t.Errorf("it says %s", out)
	}
}

// scoop's manifest names both archives with their sums, and the folder in each.
func TestTheManifestOfScoopNamesEachArchive(t *testing.T) {
	data, err := os.ReadFile(artefact("devgate.json"))
	var m struct {
		Version, Bin string
		Architecture map[string]struct {
			URL, Hash string
			Extract   string `json:"extract_dir"`
		}
	}
	if err != nil || json.Unmarshal(data, &m) != nil || m.Version != version || m.Bin != "devgate.exe" || len(m.Architecture) != 2 {
		t.Fatalf("%v: %s", err, data)
	}
	for name, cpu := range map[string]string{"64bit": "amd64", "arm64": "arm64"} {
		archive := "devgate_" + version + "_windows_" + cpu
		got := m.Architecture[name]
		if got.Hash != sumOf(t, archive+".zip") || !strings.HasSuffix(got.URL, "/v"+version+"/"+archive+".zip") || got.Extract != archive {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// winget's manifests name both archives with their sums, and the program in each.
func TestTheManifestsOfWingetNameEachArchive(t *testing.T) {
	data, err := os.ReadFile(artefact("devgate.devgate.installer.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, cpu := range map[string]string{"x64": "amd64", "arm64": "arm64"} {
		archive := "devgate_" + version + "_windows_" + cpu
		_, part, _ := strings.Cut(string(data), "- Architecture: "+name+"\n")
		part, _, _ = strings.Cut(part, "- Architecture")
		for _, want := range []string{
			"/v" + version + "/" + archive + ".zip\n", "InstallerSha256: " + strings.ToUpper(sumOf(t, archive+".zip")) + "\n",
			"RelativeFilePath: " + archive + `\devgate.exe` + "\n",
		} {
			if !strings.Contains(part, want) {
				t.Errorf("%s: no %q in %q", name, want, part)
			}
		}
	}
}

// sumOf is what SHA256SUMS says of an artefact.
func sumOf(t *testing.T, name string) string {
	t.Helper()
	list, err := os.ReadFile(artefact("SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(list), "  "+name+"\n")
	if !found {
		t.Fatalf("no %s in %s", name, list)
	}
	return before[strings.LastIndexByte(before, '\n')+1:]
}
