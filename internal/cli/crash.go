package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"devgate/internal/control"
)

// crashFile is where a crash is written down, below control.Folder.
const crashFile = "crash.txt"

// crashError is the end of a devgate that broke. report is what the Go runtime
// said; file names the copy of it, "" where there is none;
// consequence says what has ended with it.
func crashError(report, file, consequence string) error {
	what := "what is printed above"
	if file != "" {
		what = file
	}
	return &exitError{exitBroken, fmt.Errorf("crash of devgate itself: %s%s\n"+
		"  hint: this is a fault of devgate, not of your project: please report it where you have devgate from,\n"+
		"        with %s", causeOf(report), consequence, what)}
}

// causeOf is the line that says why. Of some fatal errors the runtime tells its
// own output alone, so that the report begins with the stacks.
func causeOf(report string) string {
	first, _, _ := strings.Cut(report, "\n")
	if strings.HasPrefix(first, "goroutine ") || strings.HasPrefix(first, "runtime") {
		return "a fatal error of the Go runtime, printed above"
	}
	return first
}

// writeCrash keeps a report in the project's folder, below what whoever reads it
// will ask for first: the version, and the command line. It returns the file; ""
// where it cannot be written.
func writeCrash(report, root, version string, args []string) string {
	file := filepath.Join(root, control.Folder, crashFile)
	text := fmt.Sprintf("%s\ndevgate %s\n\n%s", version, strings.Join(args, " "), report)
	// 0600: the command line and the stacks may hold what is nobody else's business.
	if os.WriteFile(file, []byte(text), 0o600) != nil {
		return ""
	}
	return file
}
