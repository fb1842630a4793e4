package cli

import (
	"io"
	"net/http"
	"os"
	"testing"

	"devgate/internal/control"
)

// K4: a devgate that does not answer, or speaks another protocol, is told as such, one that has no
// socket yet is starting, and none of them keeps the others from being listed.
func TestTheListSaysWhoDoesNotAnswer(t *testing.T) {
	for _, folder := range []string{"XDG_RUNTIME_DIR", "LOCALAPPDATA"} {
		t.Setenv(folder, t.TempDir())
	}
	done := make(chan struct{})
	defer close(done)
	silent := listening(t, "/silent", func(http.ResponseWriter, *http.Request) { <-done })
	foreign := listening(t, "/foreign", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"kind":"protocol","error":"it is older","hint":""}`)
	})
	well := listening(t, "/well", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"name":"shop","url":"http://localhost:3000","state":"ready"}`)
	})
	for root, socket := range map[string]string{"/silent": silent, "/foreign": foreign, "/begins": "", "/well": well} {
		registry, err := control.OpenRegistry()
		if err != nil {
			t.Fatal(err)
		}
		entry, err := registry.Enter(control.Entry{Root: root, Name: root[1:], Record: control.Record{PID: os.Getpid(), Socket: socket}})
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

// listening answers where the devgate of a folder does; the result is that place.
func listening(t *testing.T, root string, answer http.HandlerFunc) (socket string) {
	t.Helper()
	socket = control.SocketPath(root)
	l, err := control.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: answer}
	go server.Serve(l) // ends with the test
	t.Cleanup(func() { server.Close() })
	return socket
}
