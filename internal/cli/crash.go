package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
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

// writeCrash keeps a report, with what whoever reads it will ask for first, in the
// project's folder. It returns the file; "" where it cannot be written.
func writeCrash(report, root string, args []string) string {
	file := filepath.Join(root, control.Folder, crashFile)
	text := fmt.Sprintf("%s\ndevgate %s\n\n%s", versionText(), strings.Join(args, " "), report)
	if os.WriteFile(file, []byte(text), 0o600) != nil {
		return ""
	}
	return file
}

// recovered turns a panic of a command into its exit code, with words. The manager
// is left to the runtime, which tells its guard.
func recovered(std streams, code *int) {
	if std.guard != nil {
		return
	}
	if v := recover(); v != nil {
		report := fmt.Sprintf("panic: %v\n\n%s", v, debug.Stack())
		io.WriteString(std.err, report)
		err := crashError(report, "", "")
		fmt.Fprintln(std.err, message(err))
		*code = codeOf(err)
	}
}
