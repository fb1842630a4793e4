package proxy

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// G11: a file is asked for each time, and two saves within a second, an older file
// in its place, and one of the same length are other files.
func TestStaticValidators(t *testing.T) {
	folder := t.TempDir()
	name := filepath.Join(folder, "app.js")
	saved := time.Date(2026, 1, 2, 3, 4, 5, 1000, time.UTC)
	save := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	g := gateway(t, Config{Static: folder}, backend(t, "a", answers(404, "")))
	save("first", saved)
	first := g.get("/app.js")
	if first.header.Get("Cache-Control") != "no-cache" || first.header.Get("Etag") == "" || first.body != "first" {
		t.Fatalf("%+v", first)
	}
	same := []string{"If-None-Match", first.header.Get("Etag"), "If-Modified-Since", first.header.Get("Last-Modified")}
	if got := g.get("/app.js", same...); got.status != 304 || got.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("unchanged: %+v", got)
	}
	for what, at := range map[string]time.Time{"in the same second": saved.Add(time.Millisecond), "older": saved.Add(-time.Hour)} {
		save("other", at)
		if got := g.get("/app.js", same...); got.status != 200 || got.body != "other" {
			t.Errorf("%s: %+v", what, got)
		}
		if got := g.get("/app.js", same[2:]...); got.status != 200 {
			t.Errorf("%s, by its date: %+v", what, got)
		}
		if got := g.get("/app.js", "Range", "bytes=1-2", "If-Range", first.header.Get("Etag")); got.status != 200 {
			t.Errorf("%s, a part: %+v", what, got)
		}
		if got := g.get("/app.js", "Range", "bytes=1-2", "If-Range", first.header.Get("Last-Modified")); got.status != 200 {
			t.Errorf("%s, a part by its date: %+v", what, got)
		}
	}
}
