package check

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// R2: the .deb and the .rpm installed, into a folder that is the root of a system.
func TestSystemPackagesInstall(t *testing.T) {
	deb := "devgate_" + strings.Replace(version, "-", "~", 1) + "_" + runtime.GOARCH + ".deb"
	rpm := "devgate-" + strings.Replace(version, "-", "~", 1) + "-1." + map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH] + ".rpm"
	for name, install := range map[string]func(root string){
		"deb": func(root string) {
			for _, folder := range []string{"updates", "info"} {
				os.MkdirAll(filepath.Join(root, "var/lib/dpkg", folder), 0o755)
			}
			os.WriteFile(filepath.Join(root, "var/lib/dpkg/status"), nil, 0o644)
			run(t, root, "dpkg", "--root="+root, "--force-not-root", "--force-bad-path", "--log=/dev/null", "-i", artefact(deb))
			run(t, root, "dpkg", "--root="+root, "--verify", "devgate")
		},
		"rpm": func(root string) {
			run(t, root, "rpm", "--checksig", "--nosignature", artefact(rpm))
			run(t, root, "rpm", "--root="+root, "--nodeps", "--nosignature", "-i", artefact(rpm))
			run(t, root, "rpm", "--root="+root, "--nodeps", "--verify", "devgate")
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			install(root)
			saysWhatItIs(t, filepath.Join(root, "usr/bin/devgate"))
			page := run(t, root, "man", "--warnings", "-E", "ascii", "-l", filepath.Join(root, "usr/share/man/man1/devgate-up.1.gz"))
			if !strings.Contains(page, "--exit-on-failure") {
				t.Errorf("the page of devgate up is %s", page)
			}
			run(t, root, "bash", "-n", filepath.Join(root, "usr/share/bash-completion/completions/devgate"))
		})
	}
}
