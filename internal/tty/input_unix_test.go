//go:build unix

package tty

import (
	"errors"
	"io"
	"os"
	"testing"
)

// What is hung up has no key: whoever waits for one hears of the end, and does not
// go on to read.
func TestAWaitForKeysEndsWithItsFile(t *testing.T) {
	keys, typist, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	in, err := newInput(keys)
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	typist.Write([]byte("q"))
	if is, err := in.wait(t.Context(), 0); !is || err != nil {
		t.Errorf("a key: got %v, %v", is, err)
	}
	keys.Read(make([]byte, 1))
	typist.Close()
	if is, err := in.wait(t.Context(), 0); is || !errors.Is(err, io.EOF) {
		t.Errorf("after the end: got %v, %v, want the end", is, err)
	}
}
