package input

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// soon is a context that ends long before Patience.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// wantError compares an error with one of this package or of the system.
func wantError(t *testing.T, path string, err, want error) {
	t.Helper()
	pathErr, ok := errors.AsType[*fs.PathError](err)
	if !ok || !errors.Is(err, want) || pathErr.Path != path {
		t.Errorf("%s: %v, want %v", path, err, want)
	}
}

func TestFilesAreRead(t *testing.T) {
	for _, text := range []string{"", "A=1\n", strings.Repeat("x", MaxSize)} {
		if got, err := Read(t.Context(), write(t, text)); err != nil || string(got) != text {
			t.Errorf("%d bytes for %d: %v", len(got), len(text), err)
		}
	}
	if got, err := Read(t.Context(), os.DevNull); err != nil || len(got) > 0 {
		t.Errorf("%s: %q, %v", os.DevNull, got, err)
	}
}

// F3: a call that hangs inside of the system is told after Patience, and its end,
// if it comes, harms nobody.
func TestACallThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer, began := make(chan struct{}), time.Now()
		_, err := bounded(t.Context(), "/mnt/x", func(context.Context) ([]byte, error) {
			<-answer
			return nil, nil
		})
		wantError(t, "/mnt/x", err, ErrSilent)
		if took := time.Since(began); took < Patience || took > Patience+time.Second {
			t.Errorf("told after %v", took)
		}
		close(answer)
	})
}

func TestStat(t *testing.T) {
	if info, err := Stat(t.Context(), t.TempDir()); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
	_, err := Stat(t.Context(), "/nowhere")
	wantError(t, "/nowhere", err, fs.ErrNotExist)
}
