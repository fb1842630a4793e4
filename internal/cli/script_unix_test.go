//go:build unix

package cli

import (
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"devgate/internal/control"
	"devgate/internal/guard"
	"devgate/internal/testport"
)

// The scripts below testdata/script run the real Main against real processes:
// the test binary installs itself on PATH as devgate and as the children.
func TestMain(m *testing.M) {
	// They wait more than they work, so there may be more of them than cores; -parallel
	// says otherwise.
	flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	testscript.Main(m, map[string]func(){
		"devgate":  func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		guard.Name: func() { go panicWhenAsked(); os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"xdg-open": browserChild,
		"serve":    serveChild,
		"crash":    crashChild,
		"flood":    floodChild,
		"family":   familyChild,
		"talk":     talkChild,
		"task":     taskChild,
		"load":     loadChild,
		"console":  consoleChild,
		"jobshell": jobShellChild,
		"tick":     tickChild,
		"poll":     pollChild,
		"npm":      npmChild,
		"node":     nodeChild,
		"library":  libraryChild,
	})
}

// libraryChild is devgate with a standard library that has something to say.
func libraryChild() {
	code := Main([]string{"version"}, os.Stdin, os.Stdout, os.Stderr)
	log.Print("Unsolicited response received on idle HTTP channel")
	os.Exit(code)
}

// panicSignal lets a manager panic.
const panicSignal = syscall.SIGUSR1

func panicWhenAsked() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, panicSignal)
	<-asked
	panic("a test has asked for it")
}

// passHangupsOn lets children begin with SIGHUP as usual, also where the tests
// run under nohup(1): what a process takes itself it does not hand down as ignored.
func passHangupsOn(t *testing.T) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(heard) })
}

func TestScripts(t *testing.T) {
	passHangupsOn(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup:               setup,
		Cmds:                commands(),
	})
}

// setup gives a script free ports ($GATEWAY, $P1 … $P4), a folder of its own
// for sockets, and the end of everything that it has started.
func setup(env *testscript.Env) error {
	ports, err := testport.Take(5)
	if err != nil {
		return err
	}
	env.Setenv("GATEWAY", strconv.Itoa(ports[0]))
	for i, port := range ports[1:] {
		env.Setenv(fmt.Sprintf("P%d", i+1), strconv.Itoa(port))
	}
	// Short, as a socket's path has little room.
	run, err := os.MkdirTemp("", "dg")
	if err != nil {
		return err
	}
	pids := filepath.Join(env.WorkDir, ".pids")
	if err := os.Mkdir(pids, 0o755); err != nil {
		return err
	}
	env.Setenv("XDG_RUNTIME_DIR", run)
	env.Setenv("PIDS", pids)
	env.Setenv("NO_COLOR", "")
	env.Setenv("LONG", strings.Repeat("long-", 40))
	bench := &bench{programs: map[string]*program{}, moved: map[string][]int{}}
	env.Values[benchKey{}] = bench
	env.Defer(func() {
		bench.end()
		endDetached(env.WorkDir)
		os.RemoveAll(run)
	})
	return nil
}

// endDetached ends what `up --detach` has left running in the folders of a script
// that was cut short.
func endDetached(dir string) {
	filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == control.Folder {
			if record, running := control.Holder(filepath.Dir(path)); running && record.PID > 0 {
				syscall.Kill(record.PID, syscall.SIGTERM)
			}
			return filepath.SkipDir
		}
		return nil
	})
}
