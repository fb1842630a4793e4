package project

import "strings"

// gitShell finds the sh that comes with Git for Windows: beside the git in PATH, else where
// that says that its parts are, else in the folders that its installers propose. The bash of
// System32 is another system's, and is never taken. isFile and execPath look at the disk and
// ask a git; execPath returns "" where that says nothing.
func gitShell(variable func(string) string, isFile func(string) bool, execPath func(git string) string) (path string, found bool) {
	shellIn := func(root string) bool {
		path = root + `\bin\sh.exe`
		return root != "" && isFile(path)
	}
	for _, dir := range strings.Split(variable("PATH"), ";") {
		dir = strings.TrimRight(strings.Trim(dir, `"`), `\/`)
		git := dir + `\git.exe`
		if dir == "" || !isFile(git) {
			continue
		}
		// Of an installation cmd and mingw64\bin are in PATH; a git elsewhere leads to one.
		if shellIn(above(dir, 1)) || shellIn(above(dir, 2)) || shellIn(above(strings.ReplaceAll(execPath(git), "/", `\`), 3)) {
			return path, true
		}
	}
	for _, place := range usualGits() {
		if base := variable(place.variable); base != "" && shellIn(base+place.folder) {
			return path, true
		}
	}
	return "", false
}

// usualGit is a folder that an installer proposes.
type usualGit struct{ variable, folder string }

func usualGits() []usualGit {
	return []usualGit{
		{"ProgramFiles", `\Git`}, {"ProgramW6432", `\Git`}, {"ProgramFiles(x86)", `\Git`},
		{"LOCALAPPDATA", `\Programs\Git`}, {"USERPROFILE", `\scoop\apps\git\current`},
	}
}

// above is the folder that is some levels above another; "" where there is none.
func above(dir string, levels int) string {
	for range levels {
		dir = dir[:max(0, strings.LastIndexByte(dir, '\\'))]
	}
	return dir
}
