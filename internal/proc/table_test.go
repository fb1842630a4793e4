package proc

import (
	"slices"
	"testing"
)

// procargs2 is what the kernel of macOS tells of `vite --port 5173` in a folder
// with an odd name: the program's path, padding, arguments, environment, and
// what the system adds.
const procargs2 = "\x03\x00\x00\x00/opt/node/bin/node\x00\x00\x00\x00node\x00my vite\x00\x00" +
	"HOME=/Users/ada\x00DEVGATE_RUN=ABC.7\x00EMPTY=\x00\x00executable_path=/opt/node/bin/node\x00DEVGATE_RUN=other\x00"

func TestArgumentsAndEnvironmentOfMacOSAreRead(t *testing.T) {
	a := parseArguments([]byte(procargs2))
	if want := []string{"node", "my vite", ""}; !slices.Equal(a.args, want) {
		t.Errorf("arguments %q, want %q", a.args, want)
	}
	if want := []string{"HOME=/Users/ada", "DEVGATE_RUN=ABC.7", "EMPTY="}; !slices.Equal(a.env, want) {
		t.Errorf("environment %q, want %q", a.env, want)
	}
	if a.variable("DEVGATE_RUN") != "ABC.7" || a.variable("DEVGATE") != "" || a.variable("EMPTY") != "" {
		t.Error("a variable reads wrong")
	}
}

// A restricted program, a process that has just gone, or a number that lies.
func TestWhatTheKernelDoesNotTellIsNothing(t *testing.T) {
	for raw, want := range map[string]int{
		"": 0, "\x01\x00": 0, "\x02\x00\x00\x00": 0, "\x02\x00\x00\x00/bin/sh": 0,
		"\x01\x00\x00\x00/bin/sh\x00\x00sh\x00":             1,
		"\xff\xff\xff\xff/bin/sh\x00\x00sh\x00-c\x00true":   3,
		"\x02\x00\x00\x00/bin/sh\x00\x00sh\x00-c\x00\x00x=": 2,
	} {
		if a := parseArguments([]byte(raw)); len(a.args) != want || len(a.env) != 0 {
			t.Errorf("%q: %q and %q", raw, a.args, a.env)
		}
	}
}

func TestATableOfProcessesKnowsWhoDescendsFromWhom(t *testing.T) {
	of := func(pid, parent int, zombie bool) row {
		return row{id: ID{PID: pid, Start: 7}, parent: parent, zombie: zombie}
	}
	rows := []row{
		of(40, 30, false), // before its parent
		of(30, 20, true),  // dead, and its child is not
		of(20, 10, false),
		of(10, 1, false),
		of(50, 1, false),
		of(0, 0, false), // the kernel is its own parent
	}
	if got := pidsOf(descendantsIn(rows, 10)); !slices.Equal(got, []int{20, 40}) {
		t.Errorf("descendants %v", got)
	}
	if got := childrenIn(rows, 20); !slices.Equal(got, []int{30}) {
		t.Errorf("children %v: zombies are to be reaped", got)
	}
	if got := pidsOf(descendantsIn(rows, 1)); !slices.Equal(got, []int{10, 20, 40, 50}) {
		t.Errorf("descendants of init %v", got)
	}
	if descendantsIn(nil, 1) != nil || childrenIn(nil, 1) != nil {
		t.Error("an empty table has somebody in it")
	}
}
