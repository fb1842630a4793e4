package control

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A command and a devgate that are too far apart say so, whoever is older.
func TestAMismatchOfProtocolsIsAClearWord(t *testing.T) {
	root, client, _ := running(t, &fakeActions{})
	for protocol, want := range map[int]string{
		0: "the devgate that runs here is older than this command, and they do not understand each other (it speaks protocol 0, this one 1)",
		2: "the devgate that runs here is newer than this command, and they do not understand each other (it speaks protocol 2, this one 1)",
	} {
		write(t, root, protocol)
		other, err := Dial(root)
		if err != nil {
			t.Fatal(err)
		}
		_, statusErr := other.Status(t.Context())
		_, attachErr := other.Attach(t.Context(), "api", Size{})
		for _, err := range []error{statusErr, attachErr} {
			var got *Error
			if !errors.As(err, &got) || got.Kind != Protocol || got.Text != want || got.Hint == "" {
				t.Errorf("protocol %d: got %v", protocol, err)
			}
		}
		if err := other.Down(t.Context()); err != nil { // the way out that the hint names
			t.Errorf("down: %v", err)
		}
	}
	if _, err := client.Status(t.Context()); err != nil {
		t.Error(err)
	}
}

// write puts another protocol into the record of the devgate at root.
func write(t *testing.T, root string, protocol int) {
	t.Helper()
	r, _ := Holder(root)
	r.Protocol = protocol
	text, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(filepath.Join(root, Folder, "run.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Who asks in another protocol, or for what is not known here, is told what to do,
// in a form that commands of every age read: "error" is a text.
func TestARequestInAnotherProtocolIsRefusedWithWords(t *testing.T) {
	d := &fakeActions{}
	_, client, _ := running(t, d)
	for _, c := range []struct{ method, path, want string }{
		{"GET", "/status", "newer than this command, and they do not understand each other (it speaks protocol 1, this one 0)"},
		{"POST", "/services/stop?name=api", "newer than this command"},
		{"GET", "/v0/status", "newer than this command"},
		{"GET", "/v2/status", "older than this command, and they do not understand each other (it speaks protocol 1, this one 2)"},
		{"GET", "/v1/history", "older than this command: it does not know GET /v1/history"},
		{"DELETE", "/v1/status", "older than this command: it does not know DELETE /v1/status"},
		{"GET", "/", "newer than this command"},
	} {
		request, err := http.NewRequest(c.method, "http://devgate"+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var told struct{ Error, Kind, Hint string }
		if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
			t.Errorf("%s: %v", c.path, err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusNotFound || told.Kind != "protocol" || !strings.Contains(told.Error, c.want) || told.Hint == "" {
			t.Errorf("%s %s: %d %+v", c.method, c.path, answer.StatusCode, told)
		}
	}
	if len(d.asked) > 0 {
		t.Errorf("asked %q all the same", d.asked)
	}
}

// F: what runs is found by its lock, from any folder below and whatever is gone.
func TestWhatRunsIsFoundByItsLock(t *testing.T) {
	root, _, _ := running(t, &fakeActions{})
	below := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, below} {
		if got, found := Running(dir); got != root || !found {
			t.Errorf("from %s: %q, %v", dir, got, found)
		}
	}
	stale := filepath.Join(below, Folder)
	if err := os.Mkdir(stale, 0o755); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(stale, "lock"), nil, 0o600) // of one that has ended
	if got, _ := Running(below); got != root {
		t.Errorf("a lock that nobody holds counts: %q", got)
	}
	if got, found := Running(t.TempDir()); found {
		t.Errorf("%q runs", got)
	}
}

// Between its lock and its socket, a devgate is waited for.
func TestADevgateThatIsJustStartingIsWaitedFor(t *testing.T) {
	root := t.TempDir()
	lock, err := Acquire(root)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	synctest.Test(t, func(t *testing.T) {
		time.AfterFunc(recordPatience/2, func() { lock.Write(Record{PID: 7, Socket: "/nowhere"}) })
		client, err := Dial(root)
		if err != nil || client.record.PID != 7 || client.record.Protocol != Version {
			t.Errorf("got %v", err)
		}
	})
	os.Remove(filepath.Join(root, Folder, "run.json"))
	synctest.Test(t, func(t *testing.T) {
		var got *Error
		if _, err := Dial(root); !errors.As(err, &got) || got.Kind != Refused {
			t.Errorf("got %v", err)
		}
	})
}
