package guard

import "testing"

// What is started before main must be what main would have started.
func TestTheSupervisorIsStartedEarlyOnlyWhenItIsCertainlyNeeded(t *testing.T) {
	for _, c := range []struct {
		argv []string
		want bool
	}{
		{[]string{"devgate"}, true},
		{[]string{"/usr/local/bin/devgate", "up"}, true},
		{[]string{"devgate", "up", "api", "--port", "3001", "-f", "x"}, true},
		{[]string{"devgate", "up", "--no-such-flag"}, true}, // the supervisor says so
		{[]string{"devgate", "up", "--detach"}, false},
		{[]string{"devgate", "up", "--detach=true"}, false},
		{[]string{"devgate", "up", "--help"}, false},
		{[]string{"devgate", "up", "-h"}, false},
		{[]string{"devgate", "up", "--", "x"}, false},
		{[]string{"devgate", "--port", "3001"}, false}, // later, and all the same
		{[]string{"devgate", "status"}, false},
		{[]string{"devgate", "upp"}, false},
		{[]string{"cli.test", "up"}, false},
		{[]string{"mydevgate", "up"}, false},
	} {
		if certain(c.argv) != c.want {
			t.Errorf("%q: %v", c.argv, !c.want)
		}
	}
	if _, ran := Early(); ran || Guarded() {
		t.Error("this test has a supervisor, or is one")
	}
}
