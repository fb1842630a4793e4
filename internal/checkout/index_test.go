package checkout

import (
	"os"
	"strings"
	"testing"
)

// Git says which files it tracks, in every form of its index.
func TestTrackedFilesAreThoseOfGit(t *testing.T) {
	for name, form := range map[string]func(dir string){
		"as it is":   func(string) {},
		"version 2":  func(dir string) { git(t, dir, "update-index", "--index-version=2") },
		"version 4":  func(dir string) { git(t, dir, "update-index", "--index-version=4") },
		"more flags": func(dir string) { git(t, dir, "update-index", "--skip-worktree", "a/one") },
		"more flags and 4": func(dir string) {
			git(t, dir, "update-index", "--skip-worktree", "a/one")
			git(t, dir, "update-index", "--index-version=4")
		},
		"intended alone": func(dir string) { write(t, dir+"/later", "x"); git(t, dir, "add", "-N", "later") },
		"split": func(dir string) {
			git(t, dir, "update-index", "--split-index")
			write(t, dir+"/new", "x")
			git(t, dir, "add", "new")
		},
		"sparse": func(dir string) {
			git(t, dir, "sparse-checkout", "set", "--cone", "--sparse-index", "a")
		},
	} {
		for _, format := range []string{"sha1", "sha256"} {
			// The length of a hash matters to the way of writing entries, not to what they say.
			if format == "sha256" && name != "as it is" && name != "version 4" && name != "split" {
				continue
			}
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				dir := root(t)
				repository(t, dir, "--object-format="+format)
				for _, path := range []string{"a/one", "a/b/two", "a.b", "é", "elsewhere/file"} {
					write(t, dir+"/"+path, "x")
				}
				git(t, dir, "add", ".")
				git(t, dir, "commit", "-q", "-m", "second")
				form(dir)
				c := Of(dir)
				all := strings.Split(git(t, dir, "-c", "core.quotePath=false", "ls-files"), "\n")
				for _, path := range all {
					if !c.Tracks(path) {
						t.Errorf("%.50s is not tracked", path)
					}
				}
				for _, path := range []string{".env", "a", "a/on", "a/one2", "one", "a/.env"} {
					if c.Tracks(path) {
						t.Errorf("%s is tracked", path)
					}
				}
			})
		}
	}
}

func TestAnIndexThatIsNotUnderstoodTracksEverything(t *testing.T) {
	for _, text := range []string{"", "x", "DIRC\x00\x00\x00\x05\x00\x00\x00\x00", "DIRC\x00\x00\x00\x02\x00\x00\x00\x01short"} {
		dir := root(t)
		repository(t, dir)
		write(t, dir+"/.git/index", text)
		if !Of(dir).Tracks(".env") {
			t.Errorf("%q", text)
		}
	}
	dir := root(t)
	repository(t, dir)
	if err := os.Remove(dir + "/.git/index"); err != nil {
		t.Fatal(err)
	}
	if Of(dir).Tracks(".env") {
		t.Error("without an index")
	}
}

// FuzzIndex: no bytes make a panic.
func FuzzIndex(f *testing.F) {
	f.Add([]byte("DIRC\x00\x00\x00\x04\x00\x00\x00\x01" + strings.Repeat("\x00", 60) + "\x00\x04\x00.env\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, size := range []int{sha1Size, sha256Size} {
			r := &indexReader{rest: raw, hashSize: size, rel: ".env"}
			if r.entries() == nil {
				r.shared()
			}
		}
	})
}
