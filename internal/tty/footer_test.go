package tty

import (
	"os"
	"strings"
	"testing"
)

func TestTheFooterIsBelowAllLinesAndFitsTheTerminal(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	columns := 8
	f := &footer{out: write, columns: func() int { return columns }}
	f.Write([]byte("one\n"))
	f.show("keys: äöü and more")
	f.Write([]byte("two\nthree\n"))
	columns = 0 // not known
	f.show("k")
	f.update("k") // the same
	f.update("l")
	f.clear()
	f.hide()
	f.hide() // again does nothing
	f.Write([]byte("four\n"))
	write.Close()
	want := []string{"one\n", eraseLine, "keys: …", eraseLine, "two\nthree\n", "keys: …", eraseLine, "k", eraseLine, "l", clearScreen, "l", eraseLine, "four\n"}
	got := make([]byte, 1000)
	n, _ := read.Read(got)
	if string(got[:n]) != strings.Join(want, "") {
		t.Errorf("got %q, want %q", got[:n], want)
	}
}

func TestATerminalThatTakesNothingDoesNotHoldUpTheEnd(t *testing.T) {
	f := &footer{text: "keys"}
	f.mu.Lock() // as by a Write after Ctrl-S
	f.hide()
	f.mu.Unlock()
}
