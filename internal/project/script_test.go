package project

import (
	"slices"
	"strings"
	"testing"

	"devgate/procfile"
)

// values is a lookup of one word.
func values(word, value string) procfile.Lookup {
	return func(asked string) (string, bool) { return value, asked == word }
}

func TestPowerShellRunsAText(t *testing.T) {
	got, err := pwshScript("pwsh", " npm run dev -- --port {port} # it\n", values("port", "4000"))
	want := []string{
		"pwsh", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command",
		"npm run dev -- --port 4000 # it\nif (-not $?) { if ($LASTEXITCODE) { exit $LASTEXITCODE }; exit 1 }",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	for _, value := range []string{"/my shop", "$x", "a`b", "it's", `"`, "(a)", "a;b"} {
		if got, err := pwshScript("pwsh", "cd {root}", values("root", value)); err == nil || !strings.Contains(err.Error(), "that PowerShell runs") {
			t.Errorf("%s: %q, %v", value, got, err)
		}
	}
}

func TestShellOfGit(t *testing.T) {
	const program = `C:\Program Files\Git`
	for name, c := range map[string]struct {
		variables map[string]string
		files     []string
		says      string // git --exec-path
		want      string
	}{
		"its cmd is in PATH": {
			map[string]string{"PATH": `C:\Windows\System32;"D:\Git\cmd\";C:\x`}, []string{`C:\Windows\System32\bash.exe`, `D:\Git\cmd\git.exe`, `D:\Git\bin\sh.exe`}, "",
			`D:\Git\bin\sh.exe`,
		},
		"a terminal of its own": {
			map[string]string{"PATH": `D:\Git\mingw64\bin`}, []string{`D:\Git\mingw64\bin\git.exe`, `D:\Git\bin\sh.exe`}, "",
			`D:\Git\bin\sh.exe`,
		},
		"a git that leads to it": {
			map[string]string{"PATH": `C:\shims`}, []string{`C:\shims\git.exe`, `E:\apps\git\bin\sh.exe`}, "E:/apps/git/mingw64/libexec/git-core",
			`E:\apps\git\bin\sh.exe`,
		},
		"not in PATH": {map[string]string{"ProgramFiles": `C:\Program Files`}, []string{program + `\bin\sh.exe`}, "", program + `\bin\sh.exe`},
		"another git, and the usual folder": {
			map[string]string{"PATH": `C:\cygwin\bin`, "ProgramFiles": `C:\Program Files`}, []string{`C:\cygwin\bin\git.exe`, program + `\bin\sh.exe`}, "/usr/lib/git-core",
			program + `\bin\sh.exe`,
		},
		"none": {map[string]string{"PATH": `C:\Windows\System32;;`, "ProgramFiles": `C:\Program Files`}, []string{`C:\Windows\System32\bash.exe`, `C:\Windows\System32\sh.exe`}, "", ""},
	} {
		got, found := gitShell(func(v string) string { return c.variables[v] }, func(path string) bool { return slices.Contains(c.files, path) }, func(string) string { return c.says })
		if found != (c.want != "") || found && got != c.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, found, c.want)
		}
	}
}
