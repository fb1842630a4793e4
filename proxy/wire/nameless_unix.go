//go:build unix

package wire

import "os"

// openNameless makes a file whose name is removed at once, so that nothing is left
// behind however the gateway ends.
func openNameless() (*os.File, error) {
	f, err := os.CreateTemp("", "devgate-body-*")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name())
	return f, nil
}
