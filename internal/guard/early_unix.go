//go:build unix

package guard

import (
	"os"
	"strings"
	"syscall"
)

// early is set while packages are initialised, and never again.
var early = runEarly()

// Early is how the manager has ended that ran before main. It is false when
// there was none.
func Early() (End, bool) {
	if early == nil {
		return End{}, false
	}
	return *early, true
}

func runEarly() *End {
	switch os.Getenv(Variable) {
	case "":
	case roleOpener:
		os.Exit(runOpener(os.Args[1:]))
	default:
		return nil
	}
	if !certain(os.Args) {
		return nil
	}
	m, err := Start(os.Args[1:])
	if err != nil {
		return nil // the second attempt will say why
	}
	end := m.Await()
	if end.Status.Exited() && end.Crash == "" && childless() {
		os.Exit(end.Status.ExitStatus())
	}
	return &end
}

// childless: the manager has left nobody to its subreaper.
func childless() bool {
	_, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
	return err == syscall.ECHILD
}

// certain reports whether a command line can be nothing but `devgate up` in the
// foreground. Whatever is wrong with it, the manager will say.
func certain(argv []string) bool {
	if argv[0] != "devgate" && !strings.HasSuffix(argv[0], "/devgate") {
		return false
	}
	if len(argv) > 1 && argv[1] != "up" {
		return false
	}
	for _, arg := range argv {
		if arg == "-h" || arg == "--" || strings.HasPrefix(arg, "--help") || strings.HasPrefix(arg, "--detach") {
			return false
		}
	}
	return true
}
