package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// npmProject is an empty project in which devgate was installed, as people do.
func npmProject(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	write(t, folder, "package.json", `{"name": "shop", "private": true, "scripts": {"dev": "devgate up"}}`)
	write(t, folder, ".npmrc", "registry="+registry(t)+"\ncache="+t.TempDir()+"\nupdate-notifier=false\n")
	run(t, folder, "npm", "install", "--save-dev", "devgate")
	return folder
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var cpus = map[string]string{"amd64": "x64", "arm64": "arm64"}

// R2: of the packages, npm takes the launcher and the one program that fits.
func TestNpmInstallsOneProgram(t *testing.T) {
	folder := npmProject(t)
	saysWhatItIs(t, filepath.Join(folder, "node_modules/.bin/devgate"))
	programs, err := filepath.Glob(filepath.Join(folder, "node_modules/@devgate/*"))
	want := runtime.GOOS + "-" + cpus[runtime.GOARCH]
	if err != nil || len(programs) != 1 || filepath.Base(programs[0]) != want {
		t.Errorf("installed are %v, %v, want %s", programs, err, want)
	}
	var lock struct {
		Packages map[string]struct{ HasInstallScript bool }
	}
	data, err := os.ReadFile(filepath.Join(folder, "package-lock.json"))
	if err != nil || json.Unmarshal(data, &lock) != nil || len(lock.Packages) != 8 {
		t.Fatalf("the lock has %v, %v", lock, err)
	}
	for name, p := range lock.Packages {
		if p.HasInstallScript {
			t.Errorf("%s runs a script when it is installed", name)
		}
	}
}

// C1: arguments, input, output and exit codes pass through.
func TestTheLauncherPassesAllThrough(t *testing.T) {
	folder := npmProject(t)
	write(t, folder, "Devgatefile", "[web]\ncommand = [\"sleep\", \"60\"]\n")
	write(t, folder, "Wrong", "[web]\ncomand = \"x\"\n")
	for _, c := range []struct {
		argv   []string
		code   int
		stdout string
		stderr string
	}{
		{[]string{"run", "web", "--", "sh", "-c", "cat; echo \"$1\" >&2; exit 7", "sh", "two  blanks"}, 7, "from the input\n", "two  blanks\n"},
		{[]string{"check", "-f", "Wrong"}, 2, "", "Wrong:2:1: unknown key"},
		{[]string{"status"}, 1, "", "devgate"},
		{[]string{"schema"}, 0, "{", ""},
		{[]string{"run", "web", "--", "sh", "-c", `echo "[$DEVGATE_LAUNCHER]"; ls -l /dev/fd/ 2>/dev/null | grep -c socket`}, 1, "[]\n0\n", ""},
	} {
		cmd := exec.Command(filepath.Join(folder, "node_modules/.bin/devgate"), c.argv...)
		var stdout, stderr bytes.Buffer
		cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = folder, strings.NewReader("from the input\n"), &stdout, &stderr
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if cmd.ProcessState.ExitCode() != c.code || !strings.HasPrefix(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
			t.Errorf("%q: %v\n%s%s", c.argv, cmd.ProcessState, &stdout, &stderr)
		}
	}
}

// Without the optional package there is no program; what to do is said.
func TestTheLauncherSaysWhatIsMissing(t *testing.T) {
	folder := npmProject(t)
	run(t, folder, "npm", "install", "--omit=optional")
	program := filepath.Join(folder, "node_modules/@devgate")
	if err := os.RemoveAll(program); err != nil { // as in node_modules that came from elsewhere
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(folder, "node_modules/.bin/devgate"), "version").CombinedOutput()
	if err == nil || !strings.HasPrefix(string(out), "devgate: the package @devgate/") || !strings.Contains(string(out), "\n  hint: install devgate again without --omit=optional") {
		t.Errorf("%v: %s", err, out)
	}
}
