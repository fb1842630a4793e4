package event

import (
	"reflect"
	"testing"
)

func TestACauseNamesTheFirstFilesAndCountsTheOthers(t *testing.T) {
	for _, c := range []struct {
		cause Cause
		want  string
	}{
		{Cause{}, ""},
		{Cause{Files: []string{"a"}, Total: 1}, "a"},
		{Cause{Files: []string{"a", "b", "c"}, Total: 3}, "a, b, c"},
		{Cause{Files: []string{"a", "b", "c", "d"}, Total: 4}, "a, b, c and 1 more"},
		{Cause{Files: []string{"a", "b", "c", "d"}, Total: 40}, "a, b, c and 37 more"},
	} {
		if got := c.cause.What(); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.cause, got, c.want)
		}
	}
}

// W: a save is no reason to start what somebody stopped, or is stopping.
func TestOnlyWhatSomebodyStoppedIgnoresChanges(t *testing.T) {
	for _, s := range States() {
		for _, returning := range []bool{false, true} {
			want := s != Stopped && (s != Stopping || returning)
			if got := (Service{State: s, Returning: returning}).HeedsChanges(); got != want {
				t.Errorf("%v, returning %v: got %v", s, returning, got)
			}
		}
	}
}

func TestTwoEditsAreOneWithTheFilesOfBoth(t *testing.T) {
	a := Cause{By: Edit, Files: []string{"a", "b"}, Total: 5}
	b := Cause{By: Edit, Files: []string{"b", "c"}, Total: 2}
	if got, want := a.And(b), (Cause{Edit, []string{"a", "b", "c"}, 6}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := (Cause{By: Edit}).And(b); !reflect.DeepEqual(got, b) {
		t.Errorf("nothing and %+v: %+v", b, got)
	}
	if !reflect.DeepEqual(a.Files, []string{"a", "b"}) {
		t.Errorf("the first was changed: %+v", a)
	}
}
