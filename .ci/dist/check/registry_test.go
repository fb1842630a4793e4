package check

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// registry is an npm registry on this machine that has the packed packages and
// nothing else.
func registry(t *testing.T) string {
	t.Helper()
	packed, err := filepath.Glob(artefact("npm-*.tgz"))
	if err != nil || len(packed) != 5 {
		t.Fatalf("%v, %v", packed, err)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	for _, path := range packed {
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
			"tarball":   server.URL + "/-/" + filepath.Base(path),
			"integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:]),
		}
		name := manifest["name"].(string)
		answer, err := json.Marshal(map[string]any{
			"name": name, "dist-tags": map[string]any{"latest": version}, "versions": map[string]any{version: manifest},
		})
		if err != nil {
			t.Fatal(err)
		}
		mux.HandleFunc("/-/"+filepath.Base(path), func(w http.ResponseWriter, r *http.Request) { w.Write(data) })
		// npm asks for @scope%2fname.
		mux.HandleFunc("/"+strings.TrimPrefix(name, "/"), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write(answer)
		})
	}
	return server.URL
}
