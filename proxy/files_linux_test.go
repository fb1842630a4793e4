package proxy

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openFiles counts this process's file descriptors.
func openFiles(t testing.TB) int {
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// spoolFiles counts the bodies that are kept in files just now.
func spoolFiles(t testing.TB) (n int) {
	names, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Error(err)
	}
	for _, name := range names {
		if to, err := os.Readlink(name); err == nil && strings.Contains(to, "devgate-body-") {
			n++
		}
	}
	return n
}

// G2: a body is kept while somebody may still be asked; that of the last
// candidate streams unrecorded.
func TestLastCandidateIsNotRecorded(t *testing.T) {
	var files []int
	look := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			files = append(files, spoolFiles(t))
			w.WriteHeader(status)
		}
	}
	for want, chain := range [][]*testBackend{{backend(t, "b", look(200))}, {backend(t, "a", look(404)), backend(t, "b", look(200))}} {
		files = nil
		g := gateway(t, Config{}, chain...)
		if got := g.post("/", payload(1<<20)); got.status != 200 || files[0] != want {
			t.Errorf("%+v, %d backends: %d files", got, len(chain), files)
		}
	}
}
