package cli

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"devgate/internal/control"
)

// K4: a devgate that does not answer, or speaks another protocol, is told as such, one that has no
// socket yet is starting, and none of them keeps the others from being listed.
func TestTheListSaysWhoDoesNotAnswer(t *testing.T) {
	run := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", run)
	done := make(chan struct{})
	defer close(done)
	silent := listening(t, filepath.Join(run, "a"), func(http.ResponseWriter, *http.Request) { <-done })
	foreign := listening(t, filepath.Join(run, "b"), func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"kind":"protocol","error":"it is older","hint":""}`)
	})
	well := listening(t, filepath.Join(run, "c"), func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"name":"shop","url":"http://localhost:3000","state":"ready"}`)
	})
	for root, socket := range map[string]string{"/silent": silent, "/foreign": foreign, "/begins": "", "/well": well} {
		registry, err := control.OpenRegistry()
		if err != nil {
			t.Fatal(err)
		}
		entry, err := registry.Enter(control.Entry{Root: root, Name: root[1:], Record: control.Record{PID: 1 << 30, Socket: socket}})
		registry.Close()
		if err != nil {
			t.Fatal(err)
		}
		defer entry.Leave()
	}
	all, err := listRunning(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, one := range all {
		got[one.Folder] = one.State
	}
	for root, want := range map[string]string{"/silent": "unanswered", "/foreign": "unanswered", "/begins": "starting", "/well": "ready"} {
		if got[root] != want {
			t.Errorf("%s is %q, want %q", root, got[root], want)
		}
	}
}

// listening answers on a unix socket, whose path it returns.
func listening(t *testing.T, path string, answer http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: answer}
	go server.Serve(l) // ends with the test
	t.Cleanup(func() { server.Close() })
	return path
}
