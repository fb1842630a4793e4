//go:build unix

package input

import (
	"os"
	"strconv"
	"testing"
)

// A descriptor that a shell hands over, as in -f <(command), is read, also when
// who wrote to it has ended, and has written nothing.
func TestADescriptorIsRead(t *testing.T) {
	for _, text := range []string{"A=1\n", ""} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.WriteString(text); err != nil {
			t.Fatal(err)
		}
		w.Close()
		got, err := Read(t.Context(), "/dev/fd/"+strconv.Itoa(int(r.Fd())))
		if err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
		r.Close()
	}
}
