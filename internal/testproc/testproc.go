// Package testproc lets a test binary play the child processes that a test
// needs: one that ignores TERM, one that listens late, one that prints and
// crashes. The binary runs itself again with a role in its environment, so
// tests need no shell scripts and no other programs.
//
// TestMain calls Main with the roles; a test takes a Role's command from
// Command. A role that no test asks for fails the run, so none is left over.
package testproc

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
)

const variable = "DEVGATE_TEST_ROLE"

// Role is what a child does; its result is the exit status.
type Role func(args []string) int

var (
	mu   sync.Mutex
	used = map[string]bool{}
)

// Main runs the role that the environment names, or else the tests.
func Main(m *testing.M, roles map[string]Role) {
	if name := os.Getenv(variable); name != "" {
		role := roles[name]
		if role == nil {
			fmt.Fprintf(os.Stderr, "no role %q in this test binary\n", name)
			os.Exit(2)
		}
		os.Exit(role(os.Args[1:]))
	}
	code := m.Run()
	if code == 0 && wholeRun() {
		code = unusedRoles(roles)
	}
	os.Exit(code)
}

// wholeRun: with -run and the like not every test ran, so unused roles say
// nothing.
func wholeRun() bool {
	for _, arg := range os.Args {
		for _, flag := range []string{"-test.run=", "-test.skip=", "-test.fuzz=", "-test.bench=", "-test.list="} {
			if len(arg) > len(flag) && arg[:len(flag)] == flag {
				return false
			}
		}
	}
	return true
}

func unusedRoles(roles map[string]Role) int {
	mu.Lock()
	defer mu.Unlock()
	code := 0
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		if !used[name] {
			fmt.Fprintf(os.Stderr, "role %q is used by no test\n", name)
			code = 1
		}
	}
	return code
}

// Command is the program with its arguments, and the environment, that play a
// role.
func Command(t testing.TB, role string, args ...string) (argv, env []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatalf("find the test binary: %v", err)
	}
	mu.Lock()
	used[role] = true
	mu.Unlock()
	return append([]string{self}, args...), append(os.Environ(), variable+"="+role)
}
