package oserr

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
)

func TestACauseIsFoundInWhatTheSystemSays(t *testing.T) {
	for name, c := range map[string]struct {
		want Cause
		made func(*testing.T) error
	}{
		"in use":      {AddrInUse, listenTwice},
		"missing":     {AddrMissing, listenElsewhere},
		"refused":     {Refused, dialNobody},
		"broken pipe": {BrokenPipe, writeToNobody},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.made(t)
			if !c.want.In(err) || !c.want.In(fmt.Errorf("try it: %w", err)) {
				t.Errorf("%v (%T) is not known", err, errors.Unwrap(err))
			}
			for other, cause := range all() {
				if cause.In(err) != (cause.Err() == c.want.Err()) {
					t.Errorf("%v is taken for %s", err, other)
				}
			}
		})
	}
}

func all() map[string]Cause {
	return map[string]Cause{
		"AddrInUse": AddrInUse, "AddrMissing": AddrMissing, "NoFamily": NoFamily, "Forbidden": Forbidden,
		"Refused": Refused, "Reset": Reset, "BrokenPipe": BrokenPipe, "WouldBlock": WouldBlock,
		"DiskFull": DiskFull, "NotFolder": NotFolder,
	}
}

func TestEveryCauseKnowsItsOwnErrorAndNoOther(t *testing.T) {
	for name, cause := range all() {
		for other, c := range all() {
			if cause.In(c.Err()) != (name == other) {
				t.Errorf("%s in %v: %v", name, c.Err(), cause.In(c.Err()))
			}
		}
		if cause.In(nil) || cause.In(io.EOF) {
			t.Errorf("%s is in anything", name)
		}
	}
}

// A file that stands where a folder should is told as such, or as a file that is
// not there.
func TestAFileIsNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(file, "x")); !NotFolder.In(err) && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stat: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(file, "x"), 0o700); !NotFolder.In(err) {
		t.Errorf("mkdir: %v", err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func listenTwice(t *testing.T) error {
	_, err := net.Listen("tcp", listen(t).Addr().String())
	return err
}

func listenElsewhere(*testing.T) error {
	_, err := net.Listen("tcp", "192.0.2.1:0") // for documentation: nobody has it
	return err
}

func dialNobody(t *testing.T) error {
	l := listen(t)
	l.Close()
	_, err := net.Dial("tcp", l.Addr().String())
	return err
}

func writeToNobody(t *testing.T) error {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	_, err = w.Write([]byte("x"))
	return err
}
