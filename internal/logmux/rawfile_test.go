package logmux

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// P8: raw output goes to a file per service, untouched.
func TestRawFilesHaveTheBytesAsTheyCame(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "logs") // is made
	raw := "\x1b[2Jone\r\x00two\xff\npart"
	for range 2 { // a second run goes on in the same file
		printed(t, Config{Dir: dir}, func(p *Printer) {
			api := p.Stream("api", Stdout)
			feed(t, api, singleBytes(raw)...)
			feed(t, p.Stream("api", Stderr), "err\n")
			p.Devgate("api", "not of the service")
		})
	}
	wantEqual(t, readFile(t, filepath.Join(dir, "api.log")), strings.Repeat(raw+"err\n", 2))
	files, _ := os.ReadDir(dir)
	if len(files) != 1 {
		t.Errorf("files: %v", files)
	}
}

// P8: rotated at 10 MB, one old file.
func TestRawFilesRotate(t *testing.T) {
	dir := t.TempDir()
	f := newRawFile(dir, "api")
	f.limit = 100
	defer f.close()
	write := func(s string) {
		t.Helper()
		if err := f.write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	line := strings.Repeat("x", 29) + "\n"
	want := func(old, current string) {
		t.Helper()
		wantEqual(t, readFile(t, f.path+".1"), old)
		wantEqual(t, readFile(t, f.path), current)
	}
	write(line + line + line)
	if _, err := os.Stat(f.path + ".1"); err == nil {
		t.Error("rotated too early")
	}
	write("a\nb\nc\nd\ne\nf\ng\nh\n")
	want(line+line+line+"a\nb\nc\nd\ne\n", "f\ng\nh\n")
	write(strings.Repeat("y", 99))
	want("f\ng\nh\n", strings.Repeat("y", 99))
	write("zz")
	want(strings.Repeat("y", 99), "zz")
	if newRawFile(dir, "api").limit != 10<<20 {
		t.Error("the limit is not 10 MB")
	}
}

func TestRawFilesThatCannotBeRenamedGrow(t *testing.T) {
	f := newRawFile(t.TempDir(), "api")
	f.limit = 10
	defer f.close()
	if err := os.MkdirAll(filepath.Join(f.path+".1", "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	f.write([]byte("0123456789"))
	if err := f.write([]byte("more")); err == nil {
		t.Error("no error from the rename")
	}
	wantEqual(t, readFile(t, f.path), "0123456789more")
}

func TestRawFilesStayInTheirFolder(t *testing.T) {
	wantEqual(t, newRawFile("logs", "../api").path, filepath.Join("logs", ".._api.log"))
}

// A log folder that cannot be written is told once, and lines go on.
func TestUnwritableLogFolderIsToldOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out := printed(t, Config{Dir: file}, func(p *Printer) {
		feed(t, p.Stream("api", Stdout), "one\n", "two\n")
		feed(t, p.Stream("web", Stdout), "three\n")
	})
	wantEqual(t, out, "devgate: cannot write log files: "+os.MkdirAll(file, 0o700).Error()+
		" (output is still shown; the files may have gaps)\napi | one\napi | two\nweb | three\n")
}
