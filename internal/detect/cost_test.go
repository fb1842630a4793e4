package detect

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// calls is a folder that counts what is asked of it.
type calls struct {
	fs.FS
	opened, looked map[string]int
}

func counted(fsys fs.FS) calls {
	return calls{fsys, map[string]int{}, map[string]int{}}
}

func (c calls) Open(name string) (fs.File, error) {
	c.opened[name]++
	return c.FS.Open(name)
}

func (c calls) Stat(name string) (fs.FileInfo, error) {
	c.looked[name]++
	return fs.Stat(c.FS, name)
}

// total is how many calls there were.
func (c calls) total() int {
	n := 0
	for _, counts := range []map[string]int{c.opened, c.looked} {
		for _, count := range counts {
			n += count
		}
	}
	return n
}

// shop is a workspace with a front end and an API.
func shop() fstest.MapFS {
	return folder(map[string]string{
		"package.json":            `{"workspaces":["apps/*"],"scripts":{"dev":"concurrently npm:dev:*","dev:web":"npm run dev -w web","dev:api":"npm run dev -w api"}}`,
		"package-lock.json":       "{}",
		"README.md":               "# shop",
		"apps/web/package.json":   `{"name":"web","scripts":{"dev":"vite"}}`,
		"apps/web/index.html":     "",
		"apps/web/vite.config.ts": `export default {server: {proxy: {"/api": "http://localhost:4000"}}}`,
		"apps/web/src/main.ts":    "",
		"apps/api/package.json":   `{"name":"api","scripts":{"dev":"node server.js"}}`,
		"apps/api/server.js":      "require('./routes'); app.listen(process.env.PORT || 4000)",
		"apps/api/routes.js":      "",
		"node_modules/.keep":      "",
	})
}

// filledFolders are folders that tools fill.
var filledFolders = []string{"node_modules", "apps/web/node_modules", "vendor", "target", ".git/objects", "apps/api/dist", "apps/api/.venv/lib"}

// fill puts n files into the first of them and a tenth into each other, in folders of
// ten.
func fill(fsys fstest.MapFS, n int) {
	for k, dir := range filledFolders {
		if k == 1 {
			n = max(1, n/10)
		}
		for i := range n {
			fsys[fmt.Sprintf("%s/p%d/package.json%d", dir, i/10, i%10)] = &fstest.MapFile{Data: []byte(`{"scripts":{"dev":"vite"}}`)}
		}
	}
}

// TestWhatToolsFillCostsNothing: what is in node_modules and its kin is neither
// listed nor read, however much it is.
func TestWhatToolsFillCostsNothing(t *testing.T) {
	small, large := shop(), shop()
	fill(small, 1)
	fill(large, 20000)
	few, many := counted(small), counted(large)
	Read(few)
	findings := Read(many)
	if len(findings.Services) != 2 {
		t.Errorf("%d services", len(findings.Services))
	}
	for _, dir := range filledFolders {
		for name := range many.opened {
			if name == dir || strings.HasPrefix(name, dir+"/") {
				t.Errorf("%s was opened", name)
			}
		}
	}
	if few.total() != many.total() {
		t.Errorf("%d calls with few files in them, %d with many", few.total(), many.total())
	}
}

// TestALookIsShort: each folder is listed once and each file read once; asking
// whether something is there is mostly answered without the disk.
func TestALookIsShort(t *testing.T) {
	c := counted(shop())
	Read(c)
	for name, n := range c.opened {
		if n > 1 {
			t.Errorf("%s was opened %d times", name, n)
		}
	}
	if n := c.total(); n > 200 {
		t.Errorf("%d calls for a project of 10 files", n)
	}
}

// BenchmarkRead is a look at a project on the disk with 20,000 files in
// node_modules.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	fsys := shop()
	for i := range 20000 {
		fsys[fmt.Sprintf("node_modules/p%d/f%d.js", i/20, i%20)] = &fstest.MapFile{}
	}
	if err := os.CopyFS(filepath.Join(dir, "shop"), fsys); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if findings, err := Folder(filepath.Join(dir, "shop")); err != nil || len(findings.Services) != 2 {
			b.Fatal(len(findings.Services), err)
		}
	}
}
