package control

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"
)

// One request crosses the socket as it was kept, bytes and all; so does its replay.
func TestARequestIsLookedIntoAndSentAgain(t *testing.T) {
	f := &fakeActions{}
	_, client, _ := running(t, f)
	for _, secrets := range []bool{false, true} {
		got, err := client.Detail(t.Context(), 7, secrets)
		if err != nil || !reflect.DeepEqual(got, looked) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	for _, backend := range []string{"", "a pi"} {
		got, err := client.Replay(t.Context(), 1<<63, backend)
		if err != nil || !reflect.DeepEqual(got, explained) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	want := []string{"detail 7 false", "detail 7 true", `replay 9223372036854775808 ""`, `replay 9223372036854775808 "a pi"`}
	if !slices.Equal(f.asked, want) {
		t.Errorf("asked %q", f.asked)
	}
	f.err = &Error{Kind: Unknown, Text: "no request 7 is kept", Hint: "h"}
	_, err := client.Detail(t.Context(), 7, false)
	_, again := client.Replay(t.Context(), 7, "")
	if !reflect.DeepEqual(err, f.err) || !reflect.DeepEqual(again, f.err) {
		t.Errorf("got %v, %v", err, again)
	}
}

// Who follows the status gets it now and after each change, and ends it by leaving.
func TestTheStatusIsFollowed(t *testing.T) {
	f := &fakeActions{}
	_, client, _ := running(t, f)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var pids []int
	err := client.Changes(ctx, func(s Status) error {
		if pids = append(pids, s.PID); len(pids) == 3 {
			return io.EOF
		}
		return nil
	})
	if !errors.Is(err, io.EOF) || !slices.Equal(pids, []int{7, 8, 9}) {
		t.Errorf("got %v, %v", pids, err)
	}
}
