package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// usualExtensions are those of programs where the environment names none.
const usualExtensions = ".COM;.EXE;.BAT;.CMD"

// LookPath finds a program as a process would that has the environment and stands in
// the folder: in its PATH, and a path with a slash from its own folder. The endings that
// PATHEXT names need not be written. Unlike cmd.exe it does not look in the folder
// itself for a mere name; and cmd.exe is the system's own, whatever PATH says.
func LookPath(name, dir string, env []string) (string, error) {
	if name == shellName {
		return systemShell(), nil
	}
	variables := map[string]string{}
	for _, entry := range env {
		variable := environmentName(entry)
		if len(variable) < len(entry) {
			variables[variable] = entry[len(variable)+1:]
		}
	}
	endings := variables["PATHEXT"]
	if endings == "" {
		endings = usualExtensions
	}
	if strings.ContainsAny(name, `/\`) || filepath.VolumeName(name) != "" {
		if path := withEnding(within(dir, filepath.FromSlash(name)), endings); path != "" {
			return path, nil
		}
		return "", fmt.Errorf("start %s: there is no such program", name)
	}
	for _, folder := range filepath.SplitList(variables["PATH"]) {
		if folder == "" {
			continue
		}
		if path := withEnding(filepath.Join(within(dir, folder), name), endings); path != "" {
			return path, nil
		}
	}
	return "", fmt.Errorf("start %s: command not found in PATH", name)
}

// within is a path as seen from a folder.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// withEnding is the program that a path stands for; "" where there is none.
func withEnding(path, endings string) string {
	if filepath.Ext(path) != "" && isFile(path) {
		return path
	}
	for ending := range strings.SplitSeq(endings, ";") {
		if ending != "" && isFile(path+ending) {
			return path + ending
		}
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// BatchLine is the command line by which cmd.exe runs a script with arguments, and false
// where the program is no script. Package os/exec would quote for another reader.
func BatchLine(path string, args []string) (line string, is bool, err error) {
	if !isBatch(path) {
		return "", false, nil
	}
	line, err = batchLine(path, args)
	return line, true, err
}

// SystemShell is cmd.exe.
func SystemShell() string { return systemShell() }
