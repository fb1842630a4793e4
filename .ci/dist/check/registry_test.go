package check

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// registry is an npm registry on this machine that has the packed packages and
// nothing else.
func registry(t *testing.T) string {
	t.Helper()
	packed, err := filepath.Glob(artefact("npm-*.tgz"))
	if err != nil || len(packed) != 7 {
		t.Fatalf("%v, %v", packed, err)
	}
	// By the path as it is meant: npm asks for @scope%2fname.
	answers := map[string][]byte{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Write(answer)
	}))
	t.Cleanup(server.Close)
	for _, path := range packed {
		name, answer, data := described(t, server.URL, path)
		answers["/"+name], answers["/-/"+filepath.Base(path)] = answer, data
	}
	return server.URL
}

// described is a packed package, and what a registry says of it.
func described(t *testing.T, url, path string) (name string, answer, data []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(unpacked(t, path)[0].data, &manifest); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(data)
	manifest["dist"] = map[string]any{
		"tarball":   url + "/-/" + filepath.Base(path),
		"integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
	}
	name = manifest["name"].(string)
	answer, err = json.Marshal(map[string]any{
		"name": name, "dist-tags": map[string]any{"latest": version}, "versions": map[string]any{version: manifest},
	})
	if err != nil {
		t.Fatal(err)
	}
	return name, answer, data
}
