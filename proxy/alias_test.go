package proxy

import "testing"

func TestAliases(t *testing.T) {
	for segment, want := range map[string]bool{
		"ENV~1": true, "env~1.bak": true, "GITIGN~1": true, "A~12.txt": true, "a.html.": true, "a ": true, "a.txt::$DATA": true, "a:b": true,
		"": false, ".": false, "..": false, "index.html": false, "a~b": false, "~user": false, "a~": false, "chunk-name~1.js": false, "a~1.html": false,
		".well-known": false, "C++": false,
	} {
		if got := isAlias(segment); got != want {
			t.Errorf("%q: got %v", segment, got)
		}
	}
}

// A file that is not for the public is not served by a second name of it either.
func TestStaticKnowsAliases(t *testing.T) {
	for _, path := range []string{"/ENV~1", "/a/ENV~1/x", "/index.html.", "/index.html::$DATA"} {
		if _, ok := staticPath(path); ok == filesHaveAliases {
			t.Errorf("%s: served is %v", path, ok)
		}
	}
	for _, path := range []string{"/", "/a/b.html", "/a//b", "/./a", "/a/../b"} {
		if _, ok := staticPath(path); ok != (path != "/./a" && path != "/a/../b") {
			t.Errorf("%s: served is %v", path, ok)
		}
	}
}
